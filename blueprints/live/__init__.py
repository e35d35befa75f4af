"""The lesson's lobby and room."""

from flask import Blueprint

bp = Blueprint("live", __name__)

from blueprints.live import log, views  # noqa: E402,F401 - the views attach themselves to the blueprint above
