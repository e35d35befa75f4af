"""The rooms that anyone may enter: landing, faces, the app's manifest, its service worker, the offline page."""

from flask import Blueprint

bp = Blueprint("public", __name__)

from blueprints.public import shell, views  # noqa: E402,F401  (views register themselves on bp)
