"""What the pages and sheets of a session show: times in both zones, the split, the promise, the alternatives."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.extensions import my_zone, ports
from blueprints.filters import clock_time, day, day_and_time, zone_city
from blueprints.sessions.asked import Asked
from peerlearn.accounts.models import User
from peerlearn.accounts.queries import user_by_id
from peerlearn.clock import local, now
from peerlearn.errors import Invalid
from peerlearn.money import Split, rupees, split_gross
from peerlearn.payments.packs import minutes_left
from peerlearn.payments.queries import order_by_id
from peerlearn.sessions.extension_queries import extensions_of
from peerlearn.sessions.holds import Terms
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.policy import BookingTerms, booking_terms

READABLE_DAYS = 1_000  # further away nothing can be booked, and calendars run out of years


def terms() -> Terms:
    """The platform's fee and tax of now."""
    settings = ports().settings
    return Terms(settings.platform_fee_percent, settings.gst_percent)


def wants_sheet() -> bool:
    """Whether the caller shows the answer in a dialog."""
    return bool(request.headers.get("X-Sheet"))


def sheet_or_page(name: str, status: int = 200, **values: Any) -> ResponseReturnValue:
    """Answer the fragment `<name>_sheet.html` to a dialog, the page `<name>.html` around the same body to everyone else."""
    return render_template(f"{name}_sheet.html" if wants_sheet() else f"{name}.html", **values), status


def parse_instant(text: str | None, field: str = "at") -> datetime:
    """Return the aware instant of an ISO text. Raises Invalid for anything else."""
    try:
        instant = datetime.fromisoformat(text or "")
        if abs(instant.timestamp() - now().timestamp()) > READABLE_DAYS * 86_400:
            raise ValueError("nobody books that far away")
    except (ValueError, OverflowError) as error:
        raise Invalid(
            _("This link has no readable time. Choose a time again."), code="bad_time", field=field
        ) from error
    if instant.tzinfo is None:
        raise Invalid(_("This link has no readable time. Choose a time again."), code="bad_time", field=field)
    return instant.astimezone(UTC)


@dataclass(frozen=True)
class When:
    """A lesson's time as two lines: mine, and what that is for the other person."""

    line: str
    zones: str


def when_lines(starts_at: datetime, ends_at: datetime, other: User | None) -> When:
    """Say a time in the viewer's zone, and what it is in the other person's."""
    zone = my_zone()
    line = _(
        "%(day)s, %(start)s to %(end)s",
        day=day(starts_at, zone),
        start=clock_time(starts_at, zone),
        end=clock_time(ends_at, zone),
    )
    if other is None or other.time_zone == zone:
        name = other.first_name if other else ""
        both = _("Your time (%(city)s), and %(name)s’s too.", city=zone_city(zone), name=name)
        return When(line, both if other else _("Your time (%(city)s).", city=zone_city(zone)))
    there, here = local(starts_at, other.time_zone), local(starts_at, zone)
    theirs = clock_time(starts_at, other.time_zone)
    if there.date() != here.date():
        theirs = f"{day(starts_at, other.time_zone).split(',')[-1].strip()}, {theirs}"
    return When(
        line,
        _(
            "Your time (%(city)s). %(theirs)s in %(place)s for %(name)s.",
            city=zone_city(zone),
            theirs=theirs,
            place=zone_city(other.time_zone),
            name=other.first_name,
        ),
    )


def promise(at: datetime, starts_at: datetime, kind: str, price_paise: int, name: str) -> tuple[str, str]:
    """The refund rule in two sentences: what is always so, and what is so for this time."""
    always = _("If %(name)s does not come, all of it comes back by itself.", name=name)
    rest = {
        BookingTerms.FREE: _("Nothing to pay, nothing to lose. You can cancel until it starts."),
        BookingTerms.INSTANT: _("Not the right match in the first three minutes, and all of it comes back."),
        BookingTerms.FULL_UNTIL_DAY_BEFORE: _(
            "Cancel up to 24 hours before and all of it comes back; up to 12 hours before, 80% comes back. You can move it once."
        ),
        BookingTerms.PART_UNTIL_HALF_DAY: _("Cancel up to 12 hours before and 80% comes back. You can move it once."),
        BookingTerms.NOT_CANCELLABLE: _("This close to the start you can move it once, not cancel it."),
    }[booking_terms(at, starts_at, kind, price_paise)]
    return ("" if price_paise == 0 else always), rest


@dataclass(frozen=True)
class Sheet:
    """Everything on the booking sheet."""

    title: str
    mentor: User
    minutes: int
    starts_at: datetime
    when: When
    price_paise: int
    fee_percent: str
    split: Split
    promise: tuple[str, str]
    action: str
    held_until: str | None
    goal: str = ""
    weekly: str | None = None  # where this time can be had every week
    asked: Asked = field(default_factory=Asked)
    minutes_left: int = 0  # prepaid, with this mentor

    @property
    def due_paise(self) -> int:
        """What is left to pay after the code."""
        return self.asked.quote.due_paise if self.asked.quote else self.price_paise

    @property
    def by_minutes(self) -> bool:
        """Whether prepaid minutes can pay for it."""
        return bool(self.price_paise) and self.minutes_left >= self.minutes

    @property
    def button(self) -> str:
        """What the one button does."""
        return _("Pay %(amount)s", amount=rupees(self.due_paise)) if self.due_paise else _("Book it, free")


def make_sheet(
    *,
    title: str,
    mentor: User,
    starts_at: datetime,
    minutes: int,
    price_paise: int,
    kind: str,
    action: str,
    rates: Terms,
    held_until: datetime | None = None,
    goal: str = "",
    weekly: str | None = None,
    asked: Asked | None = None,
) -> Sheet:
    """Gather the booking sheet of a session or of a mentor's free time."""
    asked = asked or Asked()
    # What mentor, fee and tax share: a discount that the mentor bears comes off first.
    quote = asked.quote
    gross = quote.due_paise if quote and quote.funded_by == "mentor" else price_paise
    return Sheet(
        title=title,
        mentor=mentor,
        minutes=minutes,
        starts_at=starts_at,
        when=when_lines(starts_at, starts_at + timedelta(minutes=minutes), mentor),
        price_paise=price_paise,
        fee_percent=f"{rates.fee_percent.normalize():f}",
        split=split_gross(gross, rates.fee_percent, rates.gst_percent),
        promise=promise(now(), starts_at, kind, price_paise, mentor.first_name),
        action=action,
        held_until=held_until.isoformat() if held_until else None,
        goal=goal,
        weekly=weekly,
        asked=asked,
        minutes_left=minutes_left(current_user.id, mentor.id) if price_paise else 0,
    )


def slot_chips(mentor: User, instants: Iterable[datetime | str], title: str | None = None) -> list[dict[str, str]]:
    """Free times as chips that open the booking sheet, soonest first."""
    times = sorted(datetime.fromisoformat(one) if isinstance(one, str) else one for one in instants)
    extra: dict[str, Any] = {"title": title} if title else {}
    return [
        {
            "text": day_and_time(one),
            "url": url_for("sessions.slot_sheet", public_id=mentor.public_id, at=one.isoformat(), **extra),
            "label": _("Book %(when)s", when=f"{day(one)}, {clock_time(one)}"),
        }
        for one in times
    ]


def other_of(lesson: LiveSession) -> User | None:
    """The person the viewer meets in a lesson: for a visitor, the mentor."""
    mine = current_user.id if current_user.is_authenticated else None
    other_id = lesson.learner_id if mine == lesson.mentor_id else lesson.mentor_id
    return user_by_id(other_id) if other_id else None


def extension_rows(lesson: LiveSession, side: str) -> list[dict[str, Any]]:
    """What was added to a lesson, oldest first; the learner gets the way to each receipt."""
    rows: list[dict[str, Any]] = []
    for one in extensions_of(lesson.id):
        if one.state != "added":
            continue
        order = order_by_id(one.order_id) if one.order_id and side == "learner" else None
        receipt = url_for("payments.receipt", order_public_id=order.public_id) if order else None
        rows.append(
            {"minutes": one.minutes, "added_at": one.added_at, "price_paise": one.price_paise, "receipt": receipt}
        )
    return rows
