"""Exploring: the search with its filters, a mentor's page, why a card is shown."""

from flask import Blueprint

bp = Blueprint("catalog", __name__)

from blueprints.catalog import views  # noqa: E402,F401  (views register themselves on bp)
