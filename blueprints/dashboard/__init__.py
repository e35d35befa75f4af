"""What a person sees first: a learner's feed, a mentor's day, their lessons, their money, their progress."""

from flask import Blueprint

bp = Blueprint("dashboard", __name__)

from blueprints.dashboard import money_views, views  # noqa: E402,F401  (views register themselves on bp)
