"""The lesson's lobby and room."""

from flask import Blueprint

bp = Blueprint("live", __name__)

from blueprints.live import views  # noqa: E402,F401 - the views attach themselves to the blueprint above
