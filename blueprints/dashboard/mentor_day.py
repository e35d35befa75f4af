"""A mentor's day in figures and rows; each figure is one the money page and the lists show again."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _

from blueprints.dashboard.lesson_rows import (
    COMING,
    Viewer,
    asked_row,
    clock,
    coming_row,
    is_open,
    left_words,
    live_row,
)
from blueprints.dashboard.parts import order_public_ids, people_of, requests_of
from blueprints.extensions import ports
from blueprints.filters import time_of, zone_city
from peerlearn.accounts.presence_service import rings_of
from peerlearn.accounts.queries import users_by_ids
from peerlearn.clock import local, now
from peerlearn.insights import queries as insights
from peerlearn.insights import shape
from peerlearn.insights.money import EarnedLesson, lessons_money, purse_of
from peerlearn.insights.payday import payday_of
from peerlearn.money import rupees, split_gross
from peerlearn.requests.models import LiveRequest
from peerlearn.requests.queries import times_for
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.move_offer_queries import OpenMove, open_moves
from peerlearn.sessions.queries import sessions_for
from peerlearn.sessions.reliability import reliability_of

WEEKS = 7
TABLE_ROWS = 6
SOON = timedelta(hours=24)


@dataclass(frozen=True)
class Earned:
    """The big number: this month, beside the last one, with a bar per week."""

    month: str
    paise: int
    more_paise: int
    last_month: str
    weeks: list[shape.WeekSum]
    first_label: str


def day_facts(viewer: Viewer) -> dict[str, Any]:
    """Everything on the mentor's first page."""
    money = lessons_money(viewer.user_id)
    lessons = [one for one in sessions_for(viewer.user_id, "mentor", limit=1000) if one.state in COMING]
    ahead = [one for one in lessons if one.ends_at > viewer.at or is_open(one, viewer.at)]
    waiting = requests_of(viewer)[0]
    purse = purse_of(viewer.user_id, money)
    demand = insights.demand_by_hour(viewer.user_id, viewer.zone)
    month = earned(viewer, money)
    return {
        "heading": format_date(local(viewer.at, viewer.zone).date(), "EEEE d MMMM"),
        "place": zone_city(viewer.zone),
        "rings_on": rings_of(viewer.user_id),
        "earned": month,
        "more_words": more_words(month),
        "purse": purse,
        "free_next": _free_next(viewer, money) if purse.held_paise else "",
        **_ahead(viewer, ahead, waiting),
        "demand": demand,
        "weekday_names": weekday_names("abbreviated"),
        "weekday_letters": weekday_names("narrow"),
        "best_words": best_words(demand),
        "small": small_facts(viewer),
    }


def weekday_names(width: str) -> list[str]:
    """Monday to Sunday in the reader's language: "Mon" (abbreviated), "M" (narrow), "Monday" (wide)."""
    pattern = {"abbreviated": "EEE", "narrow": "EEEEE", "wide": "EEEE"}[width]
    monday = shape.monday_of(now().date())
    return [str(format_date(monday + timedelta(days=index), pattern)) for index in range(shape.DAYS)]


def best_words(demand: insights.Demand | None) -> str | None:
    """ "Tuesday 17 to 19", or None where nothing was asked."""
    if demand is None or demand.best is None:
        return None
    band = demand.best.band
    return _(
        "%(day)s %(start)s to %(end)s",
        day=weekday_names("wide")[demand.best.weekday], start=band.first_hour, end=band.last_hour,
    )  # fmt: skip


def earned(viewer: Viewer, money: list[EarnedLesson]) -> Earned:
    """This month's earnings on the mentor's calendar, by the day a lesson took place."""
    today = local(viewer.at, viewer.zone).date()
    first = today.replace(day=1)
    before = shape.month_before(first)
    events = [(one.starts_at, one.mentor_paise) for one in money if one.given]
    this_month, last_month = shape.in_month(events, viewer.zone, first), shape.in_month(events, viewer.zone, before)
    weeks = insights.earnings_by_week(money, viewer.zone, WEEKS)
    return Earned(
        month=str(format_date(first, "MMMM")),
        paise=this_month,
        more_paise=this_month - last_month,
        last_month=str(format_date(before, "MMMM")),
        weeks=weeks,
        first_label=str(format_date(weeks[0].start, "d MMM")),
    )


def _free_next(viewer: Viewer, money: list[EarnedLesson]) -> str:
    """The day on which the next share becomes free by itself, "Tue 24 Nov"; empty where somebody has to decide first."""
    following = payday_of(viewer.user_id, money).next
    if following is None or following.free_at is None:
        return ""
    return str(format_date(local(following.free_at, viewer.zone).date(), "EEE d MMM"))


def _ahead(viewer: Viewer, ahead: list[LiveSession], waiting: list[LiveRequest]) -> dict[str, Any]:
    booked = [one for one in ahead if one.learner_id is not None]
    people = people_of(ahead, viewer) | users_by_ids({one.learner_id for one in waiting})
    doors = [live_row(one, viewer, people) for one in booked if is_open(one, viewer.at)]
    orders = order_public_ids(booked)
    rest = [one for one in booked if not is_open(one, viewer.at)]
    moves = open_moves(one.id for one in rest)
    nearest = [
        {**coming_row(one, viewer, people, orders, moves), "sub": _span(one, viewer)}
        for one in rest
        if one.starts_at < viewer.at + SOON
    ]
    times = times_for([one.id for one in waiting])
    asked = [{**asked_row(one, viewer, people, times[one.id]), "earn": _share(one)} for one in waiting]
    table = [_table_row(one, viewer, people, orders, moves) for one in rest[: max(2, TABLE_ROWS - len(asked))]]
    return {
        "door": doors[0] if doors else None,
        "next": nearest[:3],
        "asked": asked,
        "table": table,
        "ahead_count": len(booked) + len(waiting),
        "lessons_count": len(booked),
        "nothing_yet": not ahead and not waiting,
    }


def _span(one: LiveSession, viewer: Viewer) -> str:
    return _(
        "%(start)s to %(end)s, in %(left)s",
        start=time_of(one.starts_at, viewer.zone), end=clock(one.ends_at, viewer.zone),
        left=left_words(one.starts_at, viewer.at),
    )  # fmt: skip


def _share(one: LiveRequest) -> int:
    settings = ports().settings
    return split_gross(one.price_paise, settings.platform_fee_percent, settings.gst_percent).mentor_paise


def _table_row(
    one: LiveSession, viewer: Viewer, people: dict[int, Any], orders: dict[int, str], moves: dict[int, OpenMove]
) -> dict[str, Any]:
    person = people.get(one.learner_id or 0)
    row = coming_row(one, viewer, people, orders, moves)
    return {
        **row,
        "title": one.title,
        "name": person.name if person else "",
        "when": time_of(one.starts_at, viewer.zone),
        "earn": split_gross(one.gross_paise, one.fee_percent, one.gst_percent).mentor_paise,
        "url": url_for("sessions.show", public_id=one.public_id),
    }


def small_facts(viewer: Viewer) -> list[dict[str, Any]]:
    """The four small cards: rating, answering time, hours taught, lessons kept. Without data they say how to get it."""
    rating = insights.rating_of(viewer.user_id, viewer.zone)
    seconds, answers = insights.response_time(viewer.user_id)
    taught = insights.minutes_taught_by_week(viewer.user_id, viewer.zone, WEEKS)
    month = sum(week.total for week in taught[-4:])
    kept = reliability_of([viewer.user_id])[viewer.user_id]
    return [
        {"label": _("Rating, 90 days"), "value": f"{rating.stars:.1f}" if rating.stars else "–",
         "rest": _("from %(n)s lessons", n=rating.count) if rating.count else _("after your first rated lesson"),
         "line": rating.months},
        {"label": _("You answer in"), "value": answer_words(seconds) if seconds is not None else "–",
         "rest": _("as a rule") if seconds is not None else _("once somebody asks you"), "line": answers},
        {"label": _("Hours taught"), "value": f"{month / 60:.1f}", "rest": _("in four weeks"),
         "line": [week.total for week in taught]},
        {"label": _("Lessons kept"), "value": _("%(n)s of %(all)s", n=kept.kept, all=kept.booked) if kept.booked else "–",
         "rest": _("in six months") if kept.booked else _("after your first lesson"), "line": []},
    ]  # fmt: skip


def answer_words(seconds: int) -> str:
    """ "40 s", "6 min", "2 h"."""
    if seconds < 90:
        return _("%(n)s s", n=seconds)
    return _("%(n)s min", n=round(seconds / 60)) if seconds < 5400 else _("%(n)s h", n=round(seconds / 3600))


def more_words(earned_: Earned) -> str:
    """ "₹2,110 more than October"."""
    if earned_.more_paise >= 0:
        return _("%(sum)s more than %(month)s", sum=rupees(earned_.more_paise), month=earned_.last_month)
    return _("%(sum)s less than %(month)s so far", sum=rupees(-earned_.more_paise), month=earned_.last_month)
