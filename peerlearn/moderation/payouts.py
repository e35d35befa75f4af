"""What administrators do about payouts that are stuck: try one again, or ask its mentor for a bank account that works."""

from peerlearn.accounts import queries as people
from peerlearn.audit.service import audit_write
from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid, Missing, NotAllowed
from peerlearn.kernel import db, transactional
from peerlearn.money import rupees
from peerlearn.notifications.service import mail_want, notify
from peerlearn.payments.models import Payout
from peerlearn.payments.payout_again import payout_retry

SUBJECT = "payout"
BANK_URL = "/money/bank"


@transactional
def payout_again(payout_id: int, actor_id: int, reason: str = "", ip: str = "") -> None:
    """Want a failed payout once more, as what it would be today. Raises NotAllowed, Missing, Conflict."""
    payout = _looked_at(payout_id, actor_id)
    before = {"state": payout.state, "tries": payout.tries}
    if not payout_retry(payout_id, payout.mentor_id):
        raise Conflict("Only a payout that failed can be tried again. This one has moved on.", code="not_failed")
    db.session.refresh(payout)
    after = {"state": payout.state, "tries": payout.tries, "amount_paise": payout.amount_paise}
    audit_write(actor_id, "payout_retry", SUBJECT, payout.public_id, reason, before, after, ip)


@transactional
def account_ask(payout_id: int, actor_id: int, reason: str, ip: str = "") -> None:
    """Ask the mentor of a payout, by bell and letter, for a bank account that works. Once a day.

    Raises NotAllowed, Missing, Invalid without words for the mentor, Conflict where they were asked today.
    """
    payout = _looked_at(payout_id, actor_id)
    if not reason.strip():
        raise Invalid("Say what is wrong with the account. The mentor will read it.", code="reason", field="reason")
    mentor = people.user_by_id(payout.mentor_id)
    if mentor is None:
        raise Missing("We could not find this person.", code="user_missing")
    title = f"{rupees(payout.amount_paise - payout.reversed_paise)} can't reach your bank"
    lines = [reason.strip(), "Check your bank account, or give another one. The money is yours and waits for you."]
    key = f"account_ask:{payout.mentor_id}:{now():%Y-%m-%d}"
    if notify(mentor.id, "payout", title, reason.strip(), BANK_URL, dedupe_key=key) is None:
        raise Conflict("The mentor was asked today already. Give them until tomorrow.", code="asked_today")
    said = {"title": title, "lines": lines, "url": BANK_URL}
    mail_want(mentor.email, title, "notice", said, dedupe_key=key, locale=mentor.locale)
    audit_write(actor_id, "account_ask", SUBJECT, payout.public_id, reason, {"state": payout.state}, {}, ip)


def _looked_at(payout_id: int, actor_id: int) -> Payout:
    actor = people.user_by_id(actor_id)
    if actor is None or not actor.is_admin or not actor.is_active:
        raise NotAllowed("Only an administrator can do this.", code="admin_only")
    payout = db.session.get(Payout, payout_id, populate_existing=True)
    if payout is None:
        raise Missing("There is no such payout.", code="no_such_payout")
    if payout.mentor_id == actor_id:
        raise NotAllowed("This is your own money. Another administrator has to decide.", code="own_case")
    return payout
