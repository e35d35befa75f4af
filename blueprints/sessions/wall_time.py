"""What a person writes as day and time in their own zone, as an instant. Nothing is guessed where the clocks change."""

from datetime import UTC, datetime

from flask_babel import gettext as _

from peerlearn.catalog.zones import instants_at
from peerlearn.errors import Invalid

WHICH = ("first", "second")


def instant_of(text: str, zone: str, which: str = "", field: str = "starts_at") -> datetime:
    """Return the instant at which a zone's clock shows `text` ("2026-11-25T18:30").

    An hour that the clock skips is refused, one that comes twice is asked about (`which` is "first" or "second").
    Raises Invalid("starts_at", "no_such_time", "twice") for the field.
    """
    try:
        wall = datetime.fromisoformat(text)
        if wall.tzinfo is not None:
            return wall.astimezone(UTC)
        found = instants_at(wall, zone)
    except (ValueError, OverflowError) as error:
        raise Invalid(_("Choose a day and a time."), code="starts_at", field=field) from error
    if not found:
        raise Invalid(
            _("The clocks change that night, so this time does not exist. Choose one an hour later."),
            code="no_such_time",
            field=field,
        )
    if len(found) == 1:
        return found[0]
    if which not in WHICH:
        raise Invalid(
            _("The clocks go back that night, so this time comes twice. Say which one you mean."),
            code="twice",
            field=field,
        )
    return found[WHICH.index(which)]
