"""The money of one lesson in lines: the same numbers, in the same order, for learner, mentor and administrator."""

from dataclasses import dataclass

from flask_babel import gettext as _

from peerlearn.sessions.lesson_money import LessonMoney


@dataclass(frozen=True)
class MoneyLine:
    """One number with its words; `key` names it for whoever compares pages."""

    key: str
    label: str
    paise: int


def lesson_lines(money: LessonMoney, viewer: str, mentor_name: str, learner_name: str) -> list[MoneyLine]:
    """The lines for a viewer ("learner", "mentor", or "admin"). What did not happen is left out."""
    paid = {"learner": _("You paid")}.get(viewer, _("%(name)s paid", name=learner_name))
    back = {"learner": _("Came back to you")}.get(viewer, _("Went back to %(name)s", name=learner_name))
    mine = {"mentor": _("You, for teaching")}.get(viewer, _("%(name)s, for teaching", name=mentor_name))
    lines = [
        MoneyLine("paid", paid, money.paid_paise),
        MoneyLine("prepaid", _("Paid with minutes of a pack"), money.prepaid_paise),
        MoneyLine("discount", _("Discount, borne by PeerLearn"), money.discount_paise),
        MoneyLine("returned", back, money.returned_paise),
        MoneyLine("prepaid_back", _("Back in the pack"), money.prepaid_back_paise),
        MoneyLine("mentor", mine, money.kept.mentor_paise),
        MoneyLine("fee", _("PeerLearn fee"), money.kept.fee_paise),
        MoneyLine("gst", _("GST on the fee"), money.kept.gst_paise),
    ]
    if viewer != "learner":
        lines += [
            MoneyLine("tds", _("Income tax kept back (TDS)"), money.tds_paise),
            MoneyLine(
                "paid_out", _("In the mentor's bank") if viewer == "admin" else _("In your bank"), money.paid_out_paise
            ),
        ]
    always = {"paid", "mentor", "fee", "gst"}
    return [line for line in lines if line.key in always or line.paise]
