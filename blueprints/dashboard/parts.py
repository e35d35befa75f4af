"""Gathers what one page or one refreshed part of it shows. Reads only; a handful of queries each."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from flask import url_for

from blueprints.dashboard.lesson_rows import (
    COMING,
    PAST,
    Viewer,
    asked_row,
    coming_row,
    day_heading,
    is_open,
    live_row,
    other_id,
    past_row,
)
from blueprints.filters import time_of
from blueprints.requests.counters import chain_of
from peerlearn.accounts.models import User
from peerlearn.accounts.queries import users_by_ids
from peerlearn.clock import local
from peerlearn.kernel import db
from peerlearn.payments.models import PaymentOrder
from peerlearn.requests.counter_models import CounterOffer
from peerlearn.requests.counters import counters_for
from peerlearn.requests.models import LiveRequest
from peerlearn.requests.queries import requests_for_learner, requests_for_mentor, times_for
from peerlearn.sessions.models import Feedback, LiveSession
from peerlearn.sessions.move_offer_queries import moves_asked_of, open_moves
from peerlearn.sessions.queries import sessions_for

PAST_SHOWN = 20
ALL = 1000


def people_of(lessons: Iterable[LiveSession], viewer: Viewer) -> dict[int, User]:
    """Everyone who stands in these lessons."""
    return users_by_ids({viewer.user_id, *(found for one in lessons if (found := other_id(one, viewer.user_id)))})


def order_public_ids(lessons: Iterable[LiveSession]) -> dict[int, str]:
    """The open orders of held lessons, by row id: the ones that can be paid."""
    ids = [one.order_id for one in lessons if one.state == "held" and one.order_id]
    if not ids:
        return {}
    rows = db.session.execute(
        sa.select(PaymentOrder.id, PaymentOrder.public_id).where(PaymentOrder.id.in_(ids), PaymentOrder.state == "open")
    )
    return dict(rows.all())


def rated_by(user_id: int, lessons: Sequence[LiveSession]) -> frozenset[int]:
    """Which of these lessons a person has rated."""
    ids = [one.id for one in lessons]
    if not ids:
        return frozenset()
    rows = db.session.scalars(
        sa.select(Feedback.live_session_id).where(Feedback.author_id == user_id, Feedback.live_session_id.in_(ids))
    )
    return frozenset(rows)


def requests_of(viewer: Viewer) -> tuple[list[LiveRequest], list[LiveRequest]]:
    """A person's requests from the side they look from: those that wait, and those that came to nothing."""
    found = requests_for_mentor if viewer.side == "mentor" else requests_for_learner
    rows = found(viewer.user_id, limit=ALL)
    waiting = [one for one in rows if one.state == "open" and one.expires_at > viewer.at]
    over = [one for one in rows if one not in waiting and one.state != "accepted"]
    return waiting, over


def asked_rows(requests: Sequence[LiveRequest], viewer: Viewer) -> list[dict[str, Any]]:
    """Requests as rows, with their people and times."""
    times = times_for([one.id for one in requests])
    people = users_by_ids({found for one in requests for found in (one.learner_id, one.mentor_id) if found})
    offers = counters_for([one.id for one in requests])
    return [
        asked_row(one, viewer, people, times[one.id]) | _offered(one, viewer, people, offers[one.id])
        for one in requests
    ]


def _offered(
    one: LiveRequest, viewer: Viewer, people: Mapping[int, User], offers: Sequence[CounterOffer]
) -> dict[str, Any]:
    """What the mentor offered instead, and the learner's two answers to what waits."""
    mine = viewer.side == "learner"
    mentor = people.get(one.mentor_id or 0)
    chain = chain_of(one, offers, mentor.first_name if mine and mentor else None)
    if not mine or not chain or not chain[-1].waits or one.expires_at <= viewer.at:
        return {"chain": chain}
    last = offers[-1]
    return {
        "chain": chain,
        "take_url": url_for("requests.counter_take", public_id=last.public_id),
        "take_when": time_of(last.starts_at, viewer.zone),
        "refuse_url": url_for("requests.counter_decline", public_id=last.public_id),
    }


def lessons_page(viewer: Viewer, tab: str, *, everything: bool = False) -> dict[str, Any]:
    """What the lessons page shows in one of its tabs: coming, asked, past."""
    lessons = sessions_for(viewer.user_id, viewer.side, limit=ALL)
    coming = [one for one in lessons if one.state in COMING and (one.ends_at > viewer.at or is_open(one, viewer.at))]
    past = sorted((one for one in lessons if one.state in PAST), key=lambda one: one.starts_at, reverse=True)
    waiting, over = requests_of(viewer)
    page: dict[str, Any] = {
        "tab": tab,
        "counts": {"coming": len(coming), "asked": len(waiting), "past": len(past)},
        "live": [],
        "days": [],
        "asked": [],
        "over": [],
        "past": [],
        "more": 0,
    }
    if tab == "coming":
        page |= coming_days(coming, viewer)
    elif tab == "asked":
        page |= {"asked": asked_rows(waiting, viewer), "over": asked_rows(over[:10], viewer)}
    else:
        shown = past if everything else past[:PAST_SHOWN]
        people, rated = people_of(shown, viewer), rated_by(viewer.user_id, shown)
        page |= {"past": [past_row(one, viewer, people, rated) for one in shown], "more": len(past) - len(shown)}
    return page


def moves_to_answer(viewer: Viewer) -> list[dict[str, Any]]:
    """The lessons for which a mentor asks for another time, as rows that lead to the answer."""
    asked = moves_asked_of(viewer.user_id)
    lessons = [lesson for lesson, _ in asked]
    people = people_of(lessons, viewer)
    return [coming_row(lesson, viewer, people, {}, {lesson.id: move}) for lesson, move in asked]


def coming_days(coming: Sequence[LiveSession], viewer: Viewer) -> dict[str, Any]:
    """Lessons ahead: those with an open door as cards, the others by day."""
    people, orders = people_of(coming, viewer), order_public_ids(coming)
    today = local(viewer.at, viewer.zone).date()
    waiting = [one for one in coming if not is_open(one, viewer.at)]
    moves = open_moves(one.id for one in waiting)
    days = groupby(waiting, key=lambda one: local(one.starts_at, viewer.zone).date())
    return {
        "live": [live_row(one, viewer, people) for one in coming if is_open(one, viewer.at)],
        "days": [
            (day_heading(day, today), [coming_row(one, viewer, people, orders, moves) for one in rows])
            for day, rows in days
        ],
    }
