"""Writes many paid lessons at once: session, order, payment, ledger, stay in the room, feedback, as the services would.

The rows are those that a booking, its payment and its end leave behind, posting for posting, so that dashboards,
receipts and the ledger agree about every one of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import sqlalchemy as sa

from config.demo.history import number
from peerlearn.clock import now
from peerlearn.kernel import Base, db, new_public_id
from peerlearn.live.models import Attendance
from peerlearn.money import split_gross
from peerlearn.payments import ledger
from peerlearn.payments.models import LedgerEntry, LedgerTransaction, Payment, PaymentOrder, Refund
from peerlearn.sessions.models import Feedback, LiveSession, SessionVerdict
from peerlearn.sessions.policy import Policy
from peerlearn.sessions.verdict import Finding
from peerlearn.sessions.verdict_lifecycle import Stand

FEE_PERCENT, GST_PERCENT = Decimal(15), Decimal(18)
PURPOSE = "live_session"
# Razorpay's standard fee of 2 % with 18 % tax on it, in ten thousandths of the amount.
GATEWAY_FEE = 236
METHODS = ("upi", "upi", "upi", "card", "netbanking")
# The gateway is asked once more about a paid order some minutes later; for these orders that has happened.
ASKED_AFTER = timedelta(minutes=10)
CHUNK = 400


@dataclass(frozen=True)
class Said:
    """One side's word about a lesson."""

    stars: int
    text: str


@dataclass(frozen=True)
class Paid:
    """One paid lesson as it shall stand in the books. `receipt` names it: the same receipt is written once."""

    receipt: str
    mentor_id: int
    learner_id: int
    topic_id: int
    title: str
    starts_at: datetime
    minutes: int
    price_paise: int
    booked_at: datetime
    state: str  # completed, cancelled (given back in full), confirmed
    kind: str = "private"
    goal: str | None = None
    learner_said: Said | None = None
    mentor_said: Said | None = None

    @property
    def ends_at(self) -> datetime:
        """When the lesson ends."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def holds_from(self) -> datetime:
        """When nobody can object any more and the mentor's share is free."""
        return self.ends_at + timedelta(hours=Policy().objection_hours)

    @property
    def mark(self) -> str:
        """Fourteen letters for the gateway's ids."""
        return f"{number(self.receipt):014x}"[-14:]


def lessons_write(lessons: Sequence[Paid]) -> dict[str, int]:
    """Write the lessons that are not in the books yet; return {receipt: live_session id} of those written.

    Runs inside the caller's transaction.
    """
    known = _keys(PaymentOrder.receipt, [lesson.receipt for lesson in lessons])
    fresh = [lesson for lesson in lessons if lesson.receipt not in known]
    if not fresh:
        return {}
    public_ids = {lesson.receipt: new_public_id() for lesson in fresh}
    _insert(LiveSession, (_session_row(lesson, public_ids[lesson.receipt]) for lesson in fresh))
    by_public_id = _keys(LiveSession.public_id, list(public_ids.values()))
    sessions = {receipt: by_public_id[public_id] for receipt, public_id in public_ids.items()}
    _insert(PaymentOrder, (_order_row(lesson, sessions[lesson.receipt]) for lesson in fresh))
    orders = _keys(PaymentOrder.receipt, list(sessions))
    _insert(Payment, (_payment_row(lesson, orders[lesson.receipt]) for lesson in fresh))
    marks = _keys(Payment.gateway_payment_id, [f"pay_{lesson.mark}" for lesson in fresh])
    payments = {lesson.receipt: marks[f"pay_{lesson.mark}"] for lesson in fresh}
    _tie(lessons=fresh, sessions=sessions, orders=orders, payments=payments)
    _post(fresh, sessions, orders, payments)
    completed = [lesson for lesson in fresh if lesson.state == "completed"]
    _insert(Attendance, (row for lesson in completed for row in _stays(lesson, sessions[lesson.receipt])))
    _insert(SessionVerdict, (_verdict_row(it, sessions[it.receipt]) for it in completed if it.holds_from > now()))
    _insert(Feedback, (row for lesson in completed for row in _feedback(lesson, sessions[lesson.receipt])))
    return sessions


def _insert(model: type[Base], rows: Iterable[Mapping[str, Any]]) -> None:
    listed = list(rows)
    if listed:
        db.session.execute(sa.insert(model), listed)


def _keys(column: Any, values: Sequence[str]) -> dict[str, int]:
    """Row ids by the value of a unique column."""
    found: dict[str, int] = {}
    for start in range(0, len(values), CHUNK):
        chunk = values[start : start + CHUNK]
        rows = db.session.execute(sa.select(column, column.class_.id).where(column.in_(chunk)))
        found.update(dict(rows.all()))
    return found


def _session_row(lesson: Paid, public_id: str) -> dict[str, Any]:
    done = lesson.state == "completed"
    cancelled = lesson.state == "cancelled"
    return {
        "public_id": public_id,
        "mentor_id": lesson.mentor_id,
        "learner_id": lesson.learner_id,
        "kind": lesson.kind,
        "title": lesson.title,
        "description": "",
        "topic_id": lesson.topic_id,
        "goal": lesson.goal,
        "starts_at": lesson.starts_at,
        "ends_at": lesson.ends_at,
        "price_paise": lesson.price_paise,
        "fee_percent": FEE_PERCENT,
        "gst_percent": GST_PERCENT,
        "state": lesson.state,
        "confirmed_at": lesson.booked_at,
        "started_at": lesson.starts_at if done else None,
        "ended_at": lesson.ends_at if done else lesson.starts_at - timedelta(hours=30) if cancelled else None,
        "end_reason": "The learner cancelled in time." if cancelled else None,
        "refund_paise": lesson.price_paise if cancelled else None,
        "created_at": lesson.booked_at,
    }


def _order_row(lesson: Paid, live_session_id: int) -> dict[str, Any]:
    return {
        "public_id": new_public_id(),
        "payer_id": lesson.learner_id,
        "purpose": PURPOSE,
        "purpose_id": live_session_id,
        "amount_paise": lesson.price_paise,
        "receipt": lesson.receipt,
        "gateway_order_id": f"order_{lesson.mark}",
        "state": "paid",
        "paid_at": lesson.booked_at,
        "settled_at": lesson.booked_at,
        "asked_at": lesson.booked_at + ASKED_AFTER,
        "released_at": lesson.holds_from if lesson.holds_from <= now() else None,
        "created_at": lesson.booked_at,
    }


def _payment_row(lesson: Paid, order_id: int) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "gateway_payment_id": f"pay_{lesson.mark}",
        "amount_paise": lesson.price_paise,
        "currency": "INR",
        "state": "refunded" if lesson.state == "cancelled" else "captured",
        "method": METHODS[number(lesson.receipt, "method") % len(METHODS)],
        "fee_paise": gateway_fee(lesson.price_paise),
        "created_at": lesson.booked_at,
        "captured_at": lesson.booked_at,
    }


def gateway_fee(amount_paise: int) -> int:
    """What the gateway keeps of an amount, tax included, in paise."""
    return (amount_paise * GATEWAY_FEE + 5_000) // 10_000


def _tie(
    *, lessons: Sequence[Paid], sessions: dict[str, int], orders: dict[str, int], payments: dict[str, int]
) -> None:
    """Point sessions at their orders and orders at the payment that counts."""
    session_table, order_table = cast(sa.Table, LiveSession.__table__), cast(sa.Table, PaymentOrder.__table__)
    db.session.connection().execute(
        sa.update(session_table)
        .where(session_table.c.id == sa.bindparam("row"))
        .values(order_id=sa.bindparam("order")),
        [{"row": sessions[lesson.receipt], "order": orders[lesson.receipt]} for lesson in lessons],
    )
    db.session.connection().execute(
        sa.update(order_table)
        .where(order_table.c.id == sa.bindparam("row"))
        .values(paid_payment_id=sa.bindparam("payment")),
        [{"row": orders[lesson.receipt], "payment": payments[lesson.receipt]} for lesson in lessons],
    )


def _post(lessons: Sequence[Paid], sessions: dict[str, int], orders: dict[str, int], payments: dict[str, int]) -> None:
    """Post the ledger: capture, cost and split of every lesson; what a cancelled one gave back."""
    refunds = [lesson for lesson in lessons if lesson.state == "cancelled"]
    _insert(Refund, (_refund_row(lesson, sessions[lesson.receipt], payments[lesson.receipt]) for lesson in refunds))
    refund_ids = _keys(Refund.gateway_refund_id, [f"rfnd_{lesson.mark}" for lesson in refunds])
    posts: list[tuple[str, str, datetime, list[ledger.Posting]]] = []
    for lesson in lessons:
        split = split_gross(lesson.price_paise, FEE_PERCENT, GST_PERCENT)
        at, payer = lesson.booked_at, lesson.learner_id
        posts.append((f"capture:pay_{lesson.mark}", "capture", at,
                      ledger.capture_postings(payer, lesson.price_paise)))  # fmt: skip
        posts.append((f"cost:pay_{lesson.mark}", "cost", at,
                      ledger.cost_postings(gateway_fee(lesson.price_paise))))  # fmt: skip
        posts.append(
            (f"split:{orders[lesson.receipt]}", "split", at, ledger.split_postings(payer, lesson.mentor_id, split))
        )
        if lesson.state == "cancelled":
            refund_id = refund_ids[f"rfnd_{lesson.mark}"]
            back = lesson.starts_at - timedelta(hours=30)
            posts.append((f"unsplit:{refund_id}", "unsplit", back,
                          ledger.unsplit_postings(payer, lesson.mentor_id, split)))  # fmt: skip
            posts.append((f"refund:{refund_id}", "refund", back,
                          ledger.refund_postings(payer, lesson.price_paise)))  # fmt: skip
    _insert(LedgerTransaction, ({"reference": name, "kind": kind, "at": at} for name, kind, at, _ in posts))
    ids = _keys(LedgerTransaction.reference, [name for name, _, _, _ in posts])
    _insert(
        LedgerEntry,
        (
            {"transaction_id": ids[name], "account": line.account, "owner_id": line.owner_id,
             "amount_paise": line.amount_paise}
            for name, _, _, lines in posts
            for line in ledger.checked(lines)
        ),
    )  # fmt: skip


def _refund_row(lesson: Paid, live_session_id: int, payment_id: int) -> dict[str, Any]:
    back = lesson.starts_at - timedelta(hours=30)
    return {
        "public_id": new_public_id(),
        "payment_id": payment_id,
        "amount_paise": lesson.price_paise,
        "key": f"cancel:{live_session_id}",
        "gateway_refund_id": f"rfnd_{lesson.mark}",
        "state": "processed",
        "reason": "The learner cancelled in time.",
        "tries": 1,
        "created_at": back,
        "processed_at": back,
    }


def _stays(lesson: Paid, live_session_id: int) -> Iterable[dict[str, Any]]:
    """The mentor a little early, the learner a little later, both to the end."""
    late = number(lesson.receipt, "late") % 120
    for user_id, shift in ((lesson.mentor_id, -90), (lesson.learner_id, late - 60)):
        page = f"{lesson.mark}{user_id}"[:32]
        entered = lesson.starts_at + timedelta(seconds=shift)
        yield {
            "live_session_id": live_session_id, "user_id": user_id, "page": page, "tab": page, "epoch": 1,
            "entered_at": entered, "seen_at": lesson.ends_at, "left_at": lesson.ends_at,
        }  # fmt: skip


def _verdict_row(lesson: Paid, live_session_id: int) -> dict[str, Any]:
    """It took place. The worker lets it hold when its time for objection is over."""
    whole = lesson.minutes * 60
    return {
        "live_session_id": live_session_id,
        "finding": Finding.TAUGHT,
        "state": Stand.OPEN,
        "seconds": {"whole": whole, "together": whole},
        "refund_paise": 0,
        "written_at": lesson.ends_at,
        "holds_from": lesson.holds_from,
    }


def _feedback(lesson: Paid, live_session_id: int) -> Iterable[dict[str, Any]]:
    told = (
        (lesson.learner_said, lesson.learner_id, lesson.mentor_id),
        (lesson.mentor_said, lesson.mentor_id, lesson.learner_id),
    )
    for said, author_id, about_id in told:
        if said is not None:
            yield {
                "public_id": new_public_id(), "live_session_id": live_session_id, "author_id": author_id,
                "about_id": about_id, "stars": said.stars, "text": said.text,
                "created_at": lesson.ends_at + timedelta(minutes=3),
            }  # fmt: skip
