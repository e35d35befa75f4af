"""Money, as the ledger has it: a mentor's earnings and splits, a learner's payments."""

from datetime import datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_datetime
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.dashboard import bp
from blueprints.dashboard.lesson_rows import Viewer, viewer_now
from blueprints.guards import signed_in
from blueprints.payments.bank_views import payee_words
from blueprints.public.shell import viewing_side
from peerlearn.accounts.queries import users_by_ids
from peerlearn.clock import local
from peerlearn.insights import queries as insights
from peerlearn.insights.money import EarnedLesson, lessons_money, purse_of
from peerlearn.insights.payday import Held, Stop, Wait, payday_of
from peerlearn.payments.gone import refunded_by_payment
from peerlearn.payments.models import Payout
from peerlearn.payments.payees import payee_for
from peerlearn.payments.payout_queries import payout_sums, payouts_for
from peerlearn.payments.queries import payments_for
from peerlearn.payments.tender import SMALLEST_PAISE
from peerlearn.sessions.lesson_money import lessons_of_orders
from peerlearn.sessions.queries import sessions_by_ids

SHOWN = 24
ALL_SHOWN = 1000
WEEKS = 12


@bp.get("/money")
@signed_in
def money() -> ResponseReturnValue:
    """What came in and what waits (teaching), or what was paid (learning)."""
    viewer = viewer_now(current_user.id, viewing_side())
    if viewer.side == "mentor":
        facts = {"money": earned_facts(viewer), "payouts": payout_facts(viewer), "smallest_paise": SMALLEST_PAISE}
        return render_template("dashboard/money.html", **facts)
    return render_template("dashboard/payments.html", payments=paid_rows(viewer))


def earned_facts(viewer: Viewer) -> dict[str, Any]:
    """A mentor's purse, earnings by week and the split of each lesson."""
    lessons = lessons_money(viewer.user_id)
    given = [one for one in lessons if one.given]
    shown = lessons[: ALL_SHOWN if request.args.get("all") else SHOWN]
    people = users_by_ids({one.learner_id for one in shown if one.learner_id})
    purse = purse_of(viewer.user_id, lessons)
    return {
        "purse": purse,
        "payday": payday_facts(viewer, lessons, purse.balance_paise),
        "weeks": week_rows(insights.earnings_by_week(lessons, viewer.zone, WEEKS)),
        "hours": week_rows(insights.minutes_taught_by_week(viewer.user_id, viewer.zone, WEEKS)),
        "totals": {
            "paid": sum(one.paid_paise for one in given),
            "mentor": sum(one.mentor_paise for one in given),
            "fee": sum(one.fee_paise for one in given),
            "gst": sum(one.gst_paise for one in given),
            "count": len(given),
        },
        "rows": [_row(one, viewer, people) for one in shown],
        "more": len(lessons) - len(shown),
    }


HELD_SHOWN = 3


def payday_facts(viewer: Viewer, lessons: list[EarnedLesson], balance_paise: int) -> dict[str, Any]:
    """When money goes to the bank next, and why the rest waits, in words."""
    found = payday_of(viewer.user_id, lessons)
    until = found.new_bank_until
    stop = {
        Stop.NEW_BANK: _(
            "Your bank account is new. Payouts wait for 24 hours after a change, in case it was not you: until %(when)s.",
            when=format_datetime(local(until, viewer.zone), "EEE d MMM, HH:mm", rebase=False) if until else "",
        ),
        Stop.NO_ACCOUNT: _("Add a bank account, and what is free goes there by itself."),
        Stop.CHECKED: _("Your bank account is being checked. Payouts begin by themselves when it is ready."),
        Stop.PAUSED: _("Your bank account needs another look before anything can be paid out."),
        Stop.BOOKS: _("Payouts are paused while we compare our books with the bank's. Nothing is lost."),
    }
    first = found.next
    due = [one.lesson.money.owed_paise for one in found.held if first and one.free_at and _same_day(one, first, viewer)]
    next_paise = min(sum(due), balance_paise)  # a debt is kept from it
    return {
        "stop": stop[found.stop] if found.stop else None,
        "next_day": _day(first.free_at, viewer) if first and first.free_at and next_paise > 0 else None,
        "next_paise": next_paise,
        "held": [
            {"title": one.lesson.title, "paise": one.lesson.money.owed_paise, "why": _why(one, viewer)}
            for one in found.held[:HELD_SHOWN]
        ],
        "more": max(0, len(found.held) - HELD_SHOWN),
    }


def _day(instant: datetime, viewer: Viewer) -> str:
    return str(format_date(local(instant, viewer.zone).date(), "EEE d MMM"))


def _same_day(one: Held, other: Held, viewer: Viewer) -> bool:
    days = [local(held.free_at, viewer.zone).date() for held in (one, other) if held.free_at is not None]
    return days[0] == days[-1]


def _why(one: Held, viewer: Viewer) -> str:
    day = _day(one.free_at, viewer) if one.free_at else ""
    return {
        Wait.AHEAD: _("Free on %(day)s, a day after the lesson", day=day),
        Wait.JUDGED: _("Free about %(day)s, a day after the lesson", day=day)
        if day
        else _("It is over. What was seen is being written down"),
        Wait.OPEN: _("Open to objection until %(day)s", day=day),
        Wait.OBJECTED: _("Somebody objected. A person looks at it"),
        Wait.BANK: _("The payer's bank asks for it. We have answered, or will"),
    }[one.why]


def payout_facts(viewer: Viewer) -> dict[str, Any]:
    """A mentor's bank account, the sums of payouts, and each payout with what became of it."""
    payee = payee_for(viewer.user_id)
    found = payouts_for(viewer.user_id, SHOWN)
    lessons = sessions_by_ids(order.purpose_id for _payout, order in found if order.purpose == "live_session")
    rows = []
    for payout, order in found:
        lesson = lessons.get(order.purpose_id) if order.purpose == "live_session" else None
        kind, text = _payout_words(payout, released=order.released_at is not None)
        at = payout.settled_at or payout.created_at
        rows.append(
            {
                "payout": payout,
                "title": lesson.title if lesson else _("More time"),
                "day": format_date(local(at, viewer.zone).date(), "d MMM"),
                "left": payout.amount_paise - payout.reversed_paise or payout.rest_paise,
                "kind": kind,
                "text": text,
            }
        )
    return {"payee": payee, "words": payee_words(payee), "sums": payout_sums(viewer.user_id), "rows": rows}


def _payout_words(payout: Payout, *, released: bool) -> tuple[str, str]:
    if payout.rest_paise:
        with_another = _("Went with another payout") if payout.carried_by_id else _("Goes with your next payout")
        return ("plain", with_another)
    if payout.state in {"wanted", "sent", "held"}:
        return ("pending", _("On its way")) if released else ("held", _("On hold"))
    return {
        "released": ("pending", _("On its way")),
        "settled": ("good", _("Paid out")),
        "returned": ("bad", _("Sent back by the bank")),
        "failed": ("warn", _("Tried again soon")),
        "reversed": ("refunded", _("Went back")),
        "netted": ("plain", _("Kept for a debt")),
    }[payout.state]


def week_rows(weeks: list[Any]) -> list[dict[str, Any]]:
    """Sums by week as chart and table show them."""
    return [{"label": format_date(week.start, "d MMM"), "value": week.total} for week in weeks]


def _row(one: EarnedLesson, viewer: Viewer, people: dict[int, Any]) -> dict[str, Any]:
    person = people.get(one.learner_id or 0)
    held = one.held and one.mentor_paise > 0
    back = one.mentor_paise == 0
    out = one.money.paid_out_paise > 0
    return {
        "title": one.title,
        "person": person,
        "day": format_date(local(one.starts_at, viewer.zone).date(), "d MMM"),
        "paid": one.paid_paise,
        "fee": one.fee_paise,
        "gst": one.gst_paise,
        "mentor": one.mentor_paise,
        "state": "refunded" if back else "held" if held else "paid" if out else "good",
        "state_text": None if back or held else _("Paid out") if out else _("Free"),
    }


def paid_rows(viewer: Viewer) -> list[dict[str, Any]]:
    """A learner's payments, newest first, each with its lesson and receipt."""
    found = payments_for(viewer.user_id, SHOWN)
    lessons = lessons_of_orders(order.id for order, _ in found)
    mentors = users_by_ids({lesson.mentor_id for lesson in lessons.values()})
    back = refunded_by_payment(payment.id for _, payment in found)
    rows = []
    for order, payment in found:
        lesson = lessons.get(order.id)
        rows.append(
            {
                "order": order,
                "payment": payment,
                "lesson": lesson,
                "mentor": mentors.get(lesson.mentor_id) if lesson else None,
                "refund": back.get(payment.id, 0),
            }
        )
    return rows
