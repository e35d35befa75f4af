"""The money of one order as lines of a case's timeline: attempts, refunds, disputes, the payout and the ledger."""

from datetime import datetime

from flask_babel import gettext as _

from peerlearn.money import rupees
from peerlearn.payments import queries as payments
from peerlearn.payments.coupons import coupon_code
from peerlearn.payments.models import PaymentDispute, Payout
from peerlearn.payments.payout_queries import payout_of_order
from peerlearn.payments.queries import MoneyTrail

Story = list[tuple[datetime, str, str]]


def dispute_story(dispute: PaymentDispute) -> Story:
    """What became of a dispute, and who bears it."""
    words = f"{rupees(dispute.amount_paise)}, {dispute.phase.replace('_', ' ')}"
    story: Story = [(dispute.created_at, _("a bank disputes it"), f"{words}: {dispute.reason or dispute.reason_code}")]
    if dispute.submitted_at is not None:
        story.append((dispute.submitted_at, _("evidence sent to the bank"), dispute.answer))
    if dispute.ended_at is not None:
        story.append((dispute.ended_at, _("dispute %(state)s", state=dispute.state), ""))
    if dispute.settled_at is not None:
        story.append((dispute.settled_at, _("who bears the loss"), borne_words(dispute)))
    return story


def borne_words(dispute: PaymentDispute) -> str:
    """Who bears what of a lost dispute, in a sentence."""
    parts = [
        (_("instead of a refund %(sum)s", sum=rupees(dispute.covered_paise)), dispute.covered_paise),
        (_("mentor, fee and tax %(sum)s", sum=rupees(dispute.shared_paise)), dispute.shared_paise),
        (_("PeerLearn %(sum)s", sum=rupees(dispute.borne_paise)), dispute.borne_paise),
    ]
    return ", ".join(words for words, paise in parts if paise)


def payout_story(payout: Payout) -> Story:
    """What became of a mentor's share."""
    story: Story = [(payout.created_at, _("payout decided"), f"{rupees(payout.amount_paise)}: {payout_words(payout)}")]
    if payout.released_at is not None:
        story.append((payout.released_at, _("payout released"), payout.gateway_transfer_id or ""))
    if payout.settled_at is not None:
        story.append((payout.settled_at, _("payout in the bank"), payout.settlement_id or ""))
    if payout.problem and payout.state in ("failed", "returned"):
        at = payout.asked_at or payout.settled_at or payout.created_at
        story.append((at, _("payout %(state)s", state=payout.state), payout.problem))
    return story


def payout_words(payout: Payout) -> str:
    """How the amount came to be: the share and what earlier payouts left, less tax and a debt."""
    words = _("share %(sum)s", sum=rupees(payout.share_paise))
    if payout.carried_paise:
        words += ", " + _("left by earlier payouts %(sum)s", sum=rupees(payout.carried_paise))
    if payout.tds_paise:
        words += ", " + _("tax kept back %(sum)s", sum=rupees(payout.tds_paise))
    if payout.debt_paise:
        words += ", " + _("kept for a debt %(sum)s", sum=rupees(payout.debt_paise))
    return words


def _beside_money(trail: MoneyTrail) -> Story:
    """A code that was taken off, minutes that paid, and what of them went back."""
    order = trail.order
    story: Story = []
    if order.coupon_id is not None:
        borne = _("%(off)s, borne by the %(who)s", off=rupees(order.discount_paise), who=order.discount_by)
        story.append((order.created_at, _("code %(code)s", code=coupon_code(order.coupon_id)), borne))
    if order.prepaid_minutes:
        used = f"{order.prepaid_minutes} min, {rupees(order.prepaid_paise)}"
        story.append((order.created_at, _("prepaid minutes used"), used))
    what = _("minutes given back") if order.prepaid_minutes else _("discount undone")
    return story + [(row.created_at, what, f"{row.units}: {row.reason}") for row in trail.returns]


def money_story(order_id: int | None) -> Story:
    """Everything about the money of one order, by ledger line and by what happened; the caller sorts it in."""
    trail = payments.trail_of(order_id) if order_id else None
    if trail is None:
        return []
    order = trail.order
    story: Story = [(order.created_at, _("order opened"), rupees(order.amount_paise)), *_beside_money(trail)]
    story += [
        (one.created_at, _("payment %(state)s", state=one.state), f"{rupees(one.amount_paise)}, {one.method or ''}")
        for one in trail.payments
    ]
    story += [
        (one.created_at, _("refund %(state)s", state=one.state), f"{rupees(one.amount_paise)}: {one.reason}")
        for one in trail.refunds
    ]
    for dispute in trail.disputes:
        story += dispute_story(dispute)
    payout = payout_of_order(trail.order.id)
    if payout is not None:
        story += payout_story(payout)
    story += [
        (at, _("ledger: %(kind)s", kind=kind.replace("_", " ")), f"{line.account} {line.amount_paise / 100:+.2f}")
        for at, kind, line in trail.lines
    ]
    return story
