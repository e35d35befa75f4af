"""A mentor offers another time or price to a request; the learner takes it or not. One tap each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.errors import told, wants_json
from blueprints.filters import time_of
from blueprints.guards import role, signed_in
from blueprints.numbers import whole
from blueprints.requests import bp
from blueprints.sessions.showing import parse_instant, terms
from peerlearn.errors import Conflict, Invalid, Missing, TooMany
from peerlearn.money import rupees
from peerlearn.requests import counters
from peerlearn.requests.counter_lifecycle import Counter
from peerlearn.requests.counter_models import CounterOffer
from peerlearn.requests.models import LiveRequest
from peerlearn.requests.queries import request_by_public_id
from peerlearn.sessions.free_times import busy_for, nearest_free

SUGGESTED, LOOKED_AT = 3, 40
SUGGESTED_FOR = 5  # requests of a page: finding free times reads weeks of two calendars


@dataclass(frozen=True)
class Link:
    """One offer in the chain under a request."""

    words: str
    waits: bool


def chain_of(asked: LiveRequest, offers: Sequence[CounterOffer], name: str | None) -> list[Link]:
    """What the mentor has offered so far, the first one first. `name` is the mentor's; None says "you"."""
    ends = {
        Counter.REPLACED: _("replaced"),
        Counter.DECLINED: _("declined"),
        Counter.TAKEN: _("taken"),
    }
    links = []
    for offer in offers:
        what = {"when": time_of(offer.starts_at), "price": rupees(offer.price_paise)}
        words = _("%(name)s: %(when)s, %(price)s", name=name, **what) if name else _("You: %(when)s, %(price)s", **what)
        end = ends.get(Counter(offer.state))
        waits = end is None and asked.state == "open"
        links.append(Link(f"{words}, {end}" if end else words, waits))
    return links


def suggested_times(asks: Sequence[LiveRequest], times: dict[int, list[datetime]]) -> dict[int, list[datetime]]:
    """By request: three times near the first one asked for, at which both are free."""
    found: dict[int, list[datetime]] = {}
    for ask in asks[:SUGGESTED_FOR]:
        near = nearest_free(ask.mentor_id or 0, times[ask.id][0], LOOKED_AT)
        if not near:
            continue
        length = timedelta(minutes=ask.minutes)
        busy = busy_for([ask.learner_id], (min(near), max(near) + length))[ask.learner_id]
        known, picked = list(times[ask.id]), list[datetime]()
        for one in near:
            if any(abs(one - other) < length for other in known):
                continue  # the same hour, a little shifted, is no other time
            if not any(a < one + length and one < b for a, b in busy):
                known.append(one)
                picked.append(one)
        found[ask.id] = sorted(picked[:SUGGESTED])
    return found


@bp.post("/requests/<public_id>/offer")
@role("mentor")
def counter(public_id: str) -> ResponseReturnValue:
    """Offer a time, and the price that stands in the field."""
    found = request_by_public_id(public_id)
    if found is None or found.mentor_id != current_user.id:
        raise Missing(_("There is no such request among yours."), code="no_such_request")
    text = request.form.get("price", "").strip()
    rupees_asked = whole(text) if text else None
    try:
        if text and rupees_asked is None:
            raise Invalid(_("Write the price in whole rupees."), code="price", field="price")
        offer = counters.counter_make(
            found.id,
            current_user.id,
            parse_instant(request.form.get("starts_at"), "starts_at"),
            rupees_asked * 100 if rupees_asked is not None else None,
        )
    except (Invalid, Conflict, TooMany) as problem:
        if wants_json():
            raise
        flash(told(problem), "warning")
        return redirect(url_for("requests.list"), 303)
    words = _("Offered: %(when)s, %(price)s.", when=time_of(offer.starts_at), price=rupees(offer.price_paise))
    if wants_json():
        return {"ok": True, "message": words}
    flash(words, "check")
    return redirect(url_for("requests.list"), 303)


@bp.post("/offers/<public_id>/take")
@signed_in
def counter_take(public_id: str) -> ResponseReturnValue:
    """Take the mentor's offer; paying comes next."""
    try:
        lesson = counters.counter_take(public_id, current_user.id, terms=terms())
    except Conflict as problem:
        if wants_json():
            raise
        flash(told(problem), "warning")
        return redirect(url_for("dashboard.lessons", tab="asked"), 303)
    url = url_for("sessions.pay", public_id=lesson.public_id)
    if wants_json():
        return {"ok": True, "url": url, "message": _("It is held for you. Pay, and it is yours.")}
    return redirect(url, 303)


@bp.post("/offers/<public_id>/decline")
@signed_in
def counter_decline(public_id: str) -> ResponseReturnValue:
    """Say no to the offer; what was asked for still stands."""
    counters.counter_decline(public_id, current_user.id)
    words = _("Declined. What you asked for still stands.")
    answer: dict[str, Any] = {"ok": True, "message": words}
    if wants_json():
        return answer
    flash(words, "check")
    return redirect(url_for("dashboard.lessons", tab="asked"), 303)
