"""How templates show time and money: in the viewer's zone, in the field's words."""

from datetime import datetime
from typing import Any

from flask import Flask
from flask_babel import format_date
from flask_babel import gettext as _

from blueprints.extensions import my_zone
from peerlearn.clock import clock_text, local, now
from peerlearn.money import rupees


def time_of(instant: datetime, zone: str | None = None) -> str:
    """ "18:30" today, "Mon 18:00" within six days, "22 Nov 18:00" later."""
    zone = zone or my_zone()
    there, today = local(instant, zone), local(now(), zone).date()
    days = (there.date() - today).days
    if days == 0:
        return clock_text(instant, zone)
    if 0 < days < 7:
        return f"{format_date(there.date(), 'EEE')} {clock_text(instant, zone)}"
    return f"{format_date(there.date(), 'd MMM')} {clock_text(instant, zone)}"


def day_and_time(instant: datetime, zone: str | None = None) -> str:
    """As `time_of`, with today named too: where times of several days stand side by side."""
    zone = zone or my_zone()
    if local(instant, zone).date() == local(now(), zone).date():
        return f"{_('Today')} {clock_text(instant, zone)}"
    return time_of(instant, zone)


def day(instant: datetime, zone: str | None = None) -> str:
    """ "Today, 22 Nov", "Tomorrow, 23 Nov", "Tue, 24 Nov"."""
    zone = zone or my_zone()
    there, today = local(instant, zone).date(), local(now(), zone).date()
    match (there - today).days:
        case 0:
            name = _("Today")
        case 1:
            name = _("Tomorrow")
        case -1:
            name = _("Yesterday")
        case _:
            name = format_date(there, "EEE")
    return f"{name}, {format_date(there, 'd MMM')}"


def when(instant: datetime, zone: str | None = None) -> str:
    """ "Today, 22 Nov, 18:30"."""
    zone = zone or my_zone()
    return f"{day(instant, zone)}, {clock_text(instant, zone)}"


def dated(instant: datetime, zone: str | None = None) -> str:
    """ "Mon 23 Nov, 18:30", for the middle of a sentence."""
    zone = zone or my_zone()
    return f"{format_date(local(instant, zone).date(), 'EEE d MMM')}, {clock_text(instant, zone)}"


def clock_time(instant: datetime, zone: str | None = None) -> str:
    """ "18:30", whatever the day; "01:30 BST" in the hour that comes twice."""
    return clock_text(instant, zone or my_zone())


def zone_city(zone: str) -> str:
    """ "Asia/Kolkata" -> "Kolkata"."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def register(app: Flask) -> None:
    """Install filters and globals on an application."""
    app.jinja_env.filters.update(
        rupees=rupees,
        when=when,
        time_of=time_of,
        day_and_time=day_and_time,
        dated=dated,
        day=day,
        clock_time=clock_time,
        zone_city=zone_city,
    )

    @app.context_processor
    def _time() -> dict[str, Any]:
        return {"now_utc": now(), "my_zone": my_zone()}
