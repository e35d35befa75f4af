"""Requests: ask one mentor for a time, or ring for help now."""

from flask import Blueprint

bp = Blueprint("requests", __name__)

# The views attach themselves to the blueprint.
from blueprints.requests import counters, help_views, views  # noqa: E402, F401
