"""What a change of the clocks does to two people's times, said before it surprises anybody."""

from datetime import datetime, timedelta

from flask_babel import format_date
from flask_babel import gettext as _

from blueprints.filters import zone_city
from peerlearn.catalog.zones import next_clock_change
from peerlearn.clock import local, now


def clock_note(name: str, theirs: str, mine: str, days: int = 14, since: datetime | None = None) -> str | None:
    """Say when, within so many days, the other one's hours begin to read differently for the viewer, or None.

    The other one's hours keep their own wall time, so the viewer's read earlier or later where only one of the two
    zones changes its clocks, or both on different days.
    """
    start = since or now()
    changes = [found for zone in {theirs, mine} if (found := next_clock_change(zone, start, days)) is not None]
    before = _apart(start, theirs, mine)
    for change, _shift in sorted(changes):
        moved = _apart(change, theirs, mine) - before
        if moved:
            where = zone_city(theirs if _changes_at(theirs, change) else mine)
            words = {"day": format_date(local(change, mine).date(), "EEE d MMM"), "city": where, "name": name,
                     "minutes": abs(int(moved.total_seconds() // 60))}  # fmt: skip
            if moved > timedelta(0):
                return _(
                    "The clocks change in %(city)s on %(day)s: from then %(name)s’s times are %(minutes)s minutes earlier for you.",
                    **words,
                )
            return _(
                "The clocks change in %(city)s on %(day)s: from then %(name)s’s times are %(minutes)s minutes later for you.",
                **words,
            )
    return None


def _apart(at: datetime, theirs: str, mine: str) -> timedelta:
    there, here = local(at, theirs).utcoffset(), local(at, mine).utcoffset()
    return (there or timedelta(0)) - (here or timedelta(0))


def _changes_at(zone: str, change: datetime) -> bool:
    return local(change, zone).utcoffset() != local(change - timedelta(seconds=1), zone).utcoffset()
