"""Who you are: sign-up, sign-in, the two wizards, settings."""

from flask import Blueprint

bp = Blueprint("auth", __name__)

from blueprints.auth import drafts, identity, learner, mentor, recovery, settings, times, views  # noqa: E402, F401 - they attach themselves
