"""A dispute about a lesson's payment, as the two people of the lesson read it beside its money."""

from dataclasses import dataclass

from flask_babel import gettext as _

from peerlearn.money import rupees
from peerlearn.payments.dispute_lifecycle import OPEN, QUESTIONS
from peerlearn.payments.models import PaymentDispute
from peerlearn.sessions.disputing import disputes_of_lesson
from peerlearn.sessions.models import LiveSession


@dataclass(frozen=True)
class Line:
    """One notice: its kind (plain, warn, good) and its sentences."""

    kind: str
    text: str


def dispute_lines(lesson: LiveSession, side: str | None) -> list[Line]:
    """What a bank asked and decided about this lesson's money, for the mentor or the learner; nothing for others."""
    if side is None:
        return []
    words = _for_mentor if side == "mentor" else _for_learner
    return [words(dispute, rupees(dispute.amount_paise)) for dispute in disputes_of_lesson(lesson)]


def _for_mentor(dispute: PaymentDispute, money: str) -> Line:
    if dispute.state in OPEN:
        return Line(
            "warn",
            _(
                "The learner's bank looks at %(money)s of this lesson. We answer it. Your share waits until it has decided.",
                money=money,
            ),
        )
    if dispute.state == "won":
        return Line(
            "good",
            _("The bank decided for you: %(money)s stays paid, and your share is paid out as usual.", money=money),
        )
    if dispute.borne_paise:
        return Line("good", _("The bank gave %(money)s back. You keep your share: PeerLearn bears it.", money=money))
    if dispute.shared_paise:
        return Line(
            "plain",
            _("The bank gave %(money)s back. The lesson was not given, so its share went back too.", money=money),
        )
    if dispute.covered_paise:
        return Line(
            "plain",
            _("The bank gave %(money)s back in place of our refund. Nothing more is taken from you.", money=money),
        )
    if dispute.state == "closed":
        return Line("plain", _("A bank had a question about this lesson's payment. It is answered."))
    return Line(
        "warn", _("The bank gave %(money)s back. What was seen of the lesson decides about your share.", money=money)
    )


def _for_learner(dispute: PaymentDispute, money: str) -> Line:
    if dispute.state in OPEN and dispute.phase in QUESTIONS:
        return Line("plain", _("Your bank has a question about the payment of this lesson. We answer it."))
    if dispute.state in OPEN:
        return Line(
            "warn",
            _(
                "Your bank looks at %(money)s of this lesson. Until it decides we give nothing back, so you are not paid twice.",
                money=money,
            ),
        )
    if dispute.state == "won":
        return Line(
            "plain", _("Your bank has decided: %(money)s stays paid. Ask your bank if you don't agree.", money=money)
        )
    if dispute.state == "lost":
        return Line("plain", _("Your bank gives you %(money)s back. There is nothing left for you to do.", money=money))
    return Line("plain", _("Your bank's question about this payment is answered."))
