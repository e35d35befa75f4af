"""Live sessions: their page, the booking sheet, publishing, cancelling, moving, feedback, recap, calendar file."""

from flask import Blueprint

bp = Blueprint("sessions", __name__)

# The views attach themselves to the blueprint.
from blueprints.sessions import (  # noqa: E402, F401
    after,
    booking,
    calendar,
    changing,
    move_offers,
    paying,
    publishing,
    recap,
    verdicts,
    views,
    waiting_line,
    weekly,
)
