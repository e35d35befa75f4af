"""Pages of the catalogue. All of them work for visitors too; signing in is asked for when a time is booked."""

from datetime import datetime
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.catalog import bp, present
from blueprints.catalog.filter_words import chips, choices, explore_url, sort_words
from blueprints.clock_notes import clock_note
from blueprints.extensions import my_zone, ports
from blueprints.filters import clock_time, day, when
from blueprints.guards import public, signed_in
from peerlearn.accounts.presence_service import presence_of, rings_of
from peerlearn.accounts.queries import blocked_between
from peerlearn.catalog.profile import LANGUAGES
from peerlearn.catalog.queries import MentorRow, mentor_by_public_id, topics
from peerlearn.clock import local, now
from peerlearn.errors import Missing, Upstream
from peerlearn.payments.packs import minutes_left, pack_offers_of
from peerlearn.recommend.ports import Vectors
from peerlearn.recommend.queries import Filters, explain, parse_filters, search, times_of_mentor
from peerlearn.recommend.service import mentor_hide, mentor_unhide, view_record
from peerlearn.sessions.queries import completed_count, open_sessions
from peerlearn.sessions.ratings import ratings_for, reviews_for
from peerlearn.sessions.reliability import reliability_of

REVIEWS_SHOWN = 12
SESSIONS_SHOWN = 6


def _me() -> int | None:
    return int(current_user.id) if current_user.is_authenticated else None


def _encode(text: str) -> Vectors | None:
    """Read one query in a real thread; None while no model is at hand, and words decide alone."""
    encoder = ports().encoder
    encoder.refresh()
    try:
        rows: Vectors = ports().offload(encoder.encode, [text])
    except Upstream:
        return None
    return rows[0]


def _filters() -> Filters:
    return parse_filters(request.args.to_dict(flat=False))


@bp.get("/explore")
@public
def explore() -> ResponseReturnValue:
    """Everyone who has time, found by words and meaning, narrowed by what stands in the address."""
    filters, zone = _filters(), my_zone()
    result = search(filters, _me(), zone, index=ports().index, encode=_encode, dictionary=ports().encoder.dictionary)
    topic = next((topic.name for topic in topics() if topic.slug == filters.topic), "") if filters.topic else ""
    page = {
        "filters": filters,
        "result": result,
        "cards": [present.card_view(card, zone, query=filters.text) for card in result.cards],
        "chips": chips(filters, topic),
        "clear_url": explore_url(Filters(text=filters.text)),
        "exact_url": explore_url(filters.but(exact=True)),
        "more_url": explore_url(filters.but(page=filters.page + 1)) if result.more else None,
        "sheet_url": url_for("catalog.filters", **filters.to_args()),
        "sort_text": sort_words()[filters.sort],
    }
    # The script of the page asks for the results alone while a person types.
    template = "catalog/_results.html" if request.headers.get("X-Part") == "results" else "catalog/explore.html"
    answer = render_template(template, **page)
    return answer, {"Vary": "X-Part"}


@bp.get("/explore/filters")
@public
def filters() -> ResponseReturnValue:
    """All filters in one sheet; without scripts, on one page."""
    chosen = _filters()
    template = "catalog/filters_sheet.html" if request.headers.get("X-Sheet") else "catalog/filters.html"
    return render_template(template, filters=chosen, choices=choices(chosen)), {"Vary": "X-Sheet"}


def _mentor_or_missing(public_id: str) -> MentorRow:
    """Return a listed mentor whom the viewer may meet. The same answer for all others: an id tells nothing."""
    mentor = mentor_by_public_id(public_id)
    me = _me()
    if mentor is None or (me is not None and blocked_between(me, mentor.id)):
        raise Missing(_("This mentor is not here any more. Others are."), code="mentor_missing")
    return mentor


def _days(mentor: MentorRow, starts: list[datetime], zone: str) -> list[dict[str, Any]]:
    """Group free times by the viewer's day."""
    return [
        {
            "title": day(group[0], zone),
            "times": [
                {
                    "text": clock_time(start, zone),
                    "url": present.slot_url(mentor.public_id, start),
                    "label": _("Book %(when)s with %(name)s", when=when(start, zone), name=mentor.name),
                }
                for start in group
            ],
        }
        for group in (list(rows) for _key, rows in groupby(starts, key=lambda start: local(start, zone).date()))
    ]


@bp.get("/mentors/<public_id>")
@public
def mentor(public_id: str) -> ResponseReturnValue:
    """A mentor: what they teach, when they are free, what learners say. A time is one tap from the booking sheet."""
    found, zone, me = _mentor_or_missing(public_id), my_zone(), _me()
    own = me == found.id
    starts = times_of_mentor(found.id, me, zone)
    days = _days(found, starts, zone)
    stars, ratings = ratings_for([found.id]).get(found.id, (None, 0))
    sessions = open_sessions(mentor_ids=[found.id], limit=SESSIONS_SHOWN)
    if me is not None:
        view_record(me, found.id)
    names = get_locale().languages
    return render_template(
        "catalog/mentor.html",
        mentor=found,
        own=own,
        presence=presence_of([found.id])[found.id],
        takes_rings=rings_of(found.id),
        stars=stars,
        ratings=ratings,
        lessons=completed_count([found.id]).get(found.id, 0),
        reliability=reliability_of([found.id])[found.id],
        languages=[names.get(code, LANGUAGES[code]) for code in found.languages if code in LANGUAGES],
        days=days,
        clocks=clock_note(found.name.split()[0], found.time_zone, zone),
        other_clock=local(now(), zone).utcoffset() != local(now(), found.time_zone).utcoffset(),
        sessions=[
            {
                "title": row.title,
                "about": row.description,
                "url": url_for("sessions.show", public_id=row.public_id),
                "book_url": url_for("sessions.book_sheet", public_id=row.public_id),
                "when": when(row.starts_at, zone),
                "price_paise": row.price_paise,
                "minutes": row.minutes,
            }
            for row in sessions
        ],
        packs=_packs(found),
        minutes_left=minutes_left(me, found.id) if me is not None and not own else 0,
        reviews=reviews_for(found.id, REVIEWS_SHOWN),
        ask_url=url_for("requests.propose", public_id=found.public_id),
    )


def _packs(mentor: Any) -> list[dict[str, Any]]:
    """The packs that a mentor offers: minutes, price, what a lesson comes to and how much less that is."""
    rows = []
    for offer in pack_offers_of(mentor.id):
        each = offer.price_paise * mentor.lesson_minutes // offer.minutes
        rows.append(
            {
                "minutes": offer.minutes,
                "lessons": offer.minutes // mentor.lesson_minutes,
                "price_paise": offer.price_paise,
                "each_paise": each // 100 * 100 or each,
                "less_percent": max(0, 100 - 100 * each // mentor.price_paise) if mentor.price_paise else 0,
                "url": url_for("payments.pack_sheet", public_id=offer.public_id),
            }
        )
    return rows


@bp.get("/mentors/<public_id>/why")
@public
def why(public_id: str) -> ResponseReturnValue:
    """Why a mentor is shown to this person, what it rests on, and how to see less like it."""
    found = _mentor_or_missing(public_id)
    text = " ".join(request.args.get("q", "").split())[:120]
    card = explain(found.id, text, _me(), my_zone(), index=ports().index, dictionary=ports().encoder.dictionary)
    sheet = "catalog/why_sheet.html" if request.headers.get("X-Sheet") else "catalog/why.html"
    return render_template(
        sheet,
        mentor=found,
        reason=present.reason_text(card.reason) if card else "",
        ground=present.reason_ground(card.reason) if card else "",
        chosen=bool(card and card.reason.kind == "chose"),
        own=_me() == found.id,
    ), {"Vary": "X-Sheet"}


@bp.post("/mentors/<public_id>/hide")
@signed_in
def hide(public_id: str) -> ResponseReturnValue:
    """Show this person less like that mentor."""
    mentor_hide(current_user.id, public_id)
    flash(_("You will see less like this. Open “Me” to change what you want to learn."), "check")
    return redirect(url_for("catalog.explore"), 303)


@bp.post("/mentors/<public_id>/unhide")
@signed_in
def unhide(public_id: str) -> ResponseReturnValue:
    """Take "less like this" back."""
    mentor_unhide(current_user.id, public_id)
    flash(_("Shown again."), "undo-2")
    return redirect(url_for("catalog.mentor", public_id=public_id), 303)
