"""The bell: what people are told, over HTTP and sockets."""

from flask import Blueprint

bp = Blueprint("notifications", __name__, url_prefix="/notifications")

from blueprints.notifications import views  # noqa: E402, F401 - the views attach themselves to the blueprint
