"""The evidence that a bank gets when we contest a dispute, put together from what the house knows of the lesson.

Counts and times of what the two wrote are in it, never their words: they wrote to each other and not to a bank, and one
of them can't consent for the other. In English and in India's time, for it is read by Indian banks.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from peerlearn.accounts.models import User
from peerlearn.clock import local
from peerlearn.errors import Missing
from peerlearn.kernel import db
from peerlearn.live.activity import activity_in
from peerlearn.live.evidence import evidence_of
from peerlearn.moderation.paper import Section, pdf_of
from peerlearn.money import rupees
from peerlearn.payments.dispute_answers import LONGEST_SUMMARY
from peerlearn.payments.models import Payment, PaymentDispute
from peerlearn.payments.queries import MoneyTrail, trail_of
from peerlearn.sessions.disputing import lesson_of_order
from peerlearn.sessions.extension_queries import extensions_of
from peerlearn.sessions.judging import SENTENCES
from peerlearn.sessions.models import LiveSession, SessionVerdict
from peerlearn.sessions.policy import Policy
from peerlearn.sessions.queries import verdict_of
from peerlearn.sessions.ratings import feedback_by
from peerlearn.sessions.verdict import Finding

ZONE = "Asia/Kolkata"
KINDS = {"chat": "messages in the lesson's chat", "board": "steps on the shared whiteboard"}


@dataclass(frozen=True)
class EvidencePack:
    """What goes to the bank: a title, a summary of at most 1,000 letters, and sections of (label, value)."""

    title: str
    summary: str
    sections: list[Section]

    def pdf(self, summary: str = "") -> bytes:
        """The document, with the summary as it was sent."""
        return pdf_of(self.title, [("Summary", [("", summary or self.summary)]), *self.sections])


def evidence_pack(dispute_id: int) -> EvidencePack:
    """Put the evidence about a disputed payment together. Raises Missing."""
    dispute = db.session.get(PaymentDispute, dispute_id)
    payment = db.session.get(Payment, dispute.payment_id) if dispute is not None else None
    trail = trail_of(payment.order_id) if payment is not None else None
    if dispute is None or payment is None or trail is None:
        raise Missing("There is no such dispute.", code="no_such_dispute")
    payer = db.session.get(User, trail.order.payer_id)
    lesson = lesson_of_order(trail.order)
    sections = [_claim(dispute), _payment(payment, trail, payer)]
    if lesson is not None and payer is not None:
        sections += _lesson_sections(lesson, payer)
    sections.append(_returned(trail))
    title = f"Evidence for dispute {dispute.gateway_dispute_id} about payment {payment.gateway_payment_id}"
    return EvidencePack(title, _summary(lesson, payer, trail), [section for section in sections if section[1]])


def _moment(instant: datetime | None) -> str:
    if instant is None:
        return "-"
    there = local(instant, ZONE)
    return f"{there.day} {there:%b %Y, %H:%M:%S} IST"


def _minutes(seconds: int) -> str:
    return f"{seconds // 60} min {seconds % 60:02d} s"


def _claim(dispute: PaymentDispute) -> Section:
    return "The claim", [
        ("Dispute", f"{dispute.gateway_dispute_id}, {dispute.phase.replace('_', ' ')}, {rupees(dispute.amount_paise)}"),
        ("Reason given", dispute.reason or dispute.reason_code.replace("_", " ") or "-"),
        ("Answer due", _moment(dispute.respond_by)),
    ]


def _payment(payment: Payment, trail: MoneyTrail, payer: User | None) -> Section:
    return "The payment", [
        ("Payment", f"{payment.gateway_payment_id}, {rupees(payment.amount_paise)} by {payment.method or 'unknown'}"),
        ("Taken", _moment(payment.captured_at)),
        ("Receipt", trail.order.receipt),
        ("Paid by", f"{payer.name}, {payer.email}" if payer is not None else "-"),
    ]


def _lesson_sections(lesson: LiveSession, payer: User) -> list[Section]:
    mentor = db.session.get(User, lesson.mentor_id)
    names = {lesson.mentor_id: f"Mentor {mentor.name if mentor else ''}".strip(), payer.id: f"Learner {payer.name}"}
    added = [f"{row.minutes} min, {rupees(row.price_paise)}" for row in extensions_of(lesson.id) if row.added_at]
    bought = [
        ("Lesson", f"{lesson.title}, one to one, by video and shared whiteboard"),
        ("With", names[lesson.mentor_id]),
        ("Booked", _moment(lesson.confirmed_at)),
        ("Time", f"{_moment(lesson.starts_at)}, {lesson.minutes} minutes"),
        ("State", lesson.state),
        *([("Time that both added", ", ".join(added))] if added else []),
    ]
    return [
        ("What was bought", bought),
        ("Terms shown before the payment", [("", line) for line in terms_of(Policy.of(lesson.policy))]),
        ("In the room, by the server's log", _presence(lesson, names)),
        ("Written and drawn, counted", _activity(lesson, names)),
        ("What was seen", _seen(verdict_of(lesson.id), lesson)),
    ]


def terms_of(policy: Policy) -> list[str]:
    """The promise of a booking in sentences, with the numbers that it was made under."""
    full, part = policy.full_until_hours, policy.part_until_hours
    return [
        f"Cancelled by the learner {full} hours or more before the start: all of the money comes back.",
        f"Cancelled from {full} down to {part} hours before: {policy.part_percent}% comes back. Later: nothing.",
        "Cancelled by the mentor or by PeerLearn: all of it comes back.",
        f"If the mentor does not come, or there are less than {policy.short_minutes} minutes together, all comes back.",
        f"Both can object to what was seen for {policy.objection_hours} hours after the lesson. A person decides.",
    ]


def _presence(lesson: LiveSession, names: dict[int, str]) -> list[tuple[str, str]]:
    seen = evidence_of(lesson)
    rows = []
    for person, stays in ((lesson.mentor_id, seen.mentor), (lesson.learner_id, seen.learner)):
        name = names.get(person or 0, "Learner")
        rows += [(name, f"from {_moment(start)} to {_moment(end)}") for start, end in stays]
        if not stays:
            rows.append((name, "was not in the room"))
    rows += [("PeerLearn was down", f"from {_moment(start)} to {_moment(end)}") for start, end in seen.outages]
    return rows


def _activity(lesson: LiveSession, names: dict[int, str]) -> list[tuple[str, str]]:
    return [
        (
            names.get(one.person_id, "Somebody"),
            f"{one.count} {KINDS[one.kind]}, {_moment(one.first_at)} to {_moment(one.last_at)}",
        )
        for one in activity_in(lesson.id)
        if one.kind in KINDS
    ]


def _seen(verdict: SessionVerdict | None, lesson: LiveSession) -> list[tuple[str, str]]:
    if verdict is None:
        return [("Verdict", "none yet")]
    rows = [
        ("Verdict", f"{SENTENCES[Finding(verdict.finding)]} Written {_moment(verdict.written_at)}."),
        ("Together in the room", _minutes(int(verdict.seconds.get("together", 0)))),
        ("Objection", _moment(verdict.objected_at) if verdict.objected_at else "nobody objected"),
    ]
    if verdict.decided_by is not None:
        rows.append(("Decided by a person", _moment(verdict.final_at)))
    said = feedback_by(lesson.id, lesson.learner_id) if lesson.learner_id is not None else None
    if said is not None:
        rows.append(("The learner's rating afterwards", f"{said.stars} of 5 stars"))
    return rows


def _returned(trail: MoneyTrail) -> Section:
    rows = [
        (_moment(refund.created_at), f"{rupees(refund.amount_paise)}, {refund.state}: {refund.reason}")
        for refund in trail.refunds
    ]
    return "Given back", [*rows, ("In all", f"{rupees(trail.refunded_paise)} of {rupees(trail.order.amount_paise)}")]


def _summary(lesson: LiveSession | None, payer: User | None, trail: MoneyTrail) -> str:
    """Who bought what, whether it took place, and what came back. A person may change it before it is sent."""
    words = [f"{payer.name if payer else 'The payer'} paid {rupees(trail.order.amount_paise)} on PeerLearn"]
    if lesson is None:
        words[0] += "."
    else:
        words[0] += f" for a live one-to-one lesson, “{lesson.title}”, on {_moment(lesson.starts_at)}."
        words.append(_took_place(lesson))
        words.append("The terms of cancelling were shown before the payment and are in the document.")
    back = trail.refunded_paise
    words.append(f"{rupees(back)} was given back." if back else "Nothing was given back so far.")
    words.append("The document lists who was in the room and when, from our server's log.")
    return " ".join(words)[:LONGEST_SUMMARY]


def _took_place(lesson: LiveSession) -> str:
    verdict = verdict_of(lesson.id)
    if verdict is None:
        return "It lies ahead." if lesson.state == "confirmed" else f"It is {lesson.state}."
    together = int(timedelta(seconds=verdict.seconds.get("together", 0)).total_seconds()) // 60
    minutes = f" Both were in the room together for {together} of {lesson.minutes} minutes." if together else ""
    silent = "" if verdict.objected_at else " Nobody objected to this."
    return f"{SENTENCES[Finding(verdict.finding)]}{minutes}{silent}"
