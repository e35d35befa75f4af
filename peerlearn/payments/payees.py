"""A mentor's account at the gateway: opened in four steps, each kept as it is done, reviewed by the gateway.

What the mentor types goes straight to the gateway. Here only ids and the last four digits stay.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.errors import Conflict, Invalid
from peerlearn.kernel import announce, db, one_by_one, transactional
from peerlearn.payments.facts import BankAccountChanged, PayeeChanged
from peerlearn.payments.lifecycle import PAYEE, PAYEE_EVENTS, next_state
from peerlearn.payments.models import Payee
from peerlearn.payments.ports import Gateway

ASK_EVERY = timedelta(minutes=30)
# A new account at the gateway takes nothing for a day, and whoever was robbed of a password has a day to hear of a change.
BANK_WAITS = timedelta(hours=24)
ASK_ACTIVE_EVERY = timedelta(days=1)  # no event tells that the gateway has paused an account
PAN, IFSC = re.compile(r"[A-Z]{5}[0-9]{4}[A-Z]"), re.compile(r"[A-Z]{4}0[A-Z0-9]{6}")
ACCOUNT, PHONE = re.compile(r"[0-9]{5,20}"), re.compile(r"\+?[0-9]{8,15}")


@dataclass(frozen=True)
class BankForm:
    """What the gateway wants to know. Lives in one call and is kept nowhere."""

    legal_name: str
    email: str
    phone: str
    pan: str
    account_number: str
    ifsc: str

    def faults(self) -> dict[str, str]:
        """By field, a sentence about what is wrong with it."""
        found = {}
        if not 4 <= len(self.legal_name) <= 200:
            found["legal_name"] = "Write your name as it stands on your PAN card."
        if not PHONE.fullmatch(self.phone):
            found["phone"] = "Write 8 to 15 digits."
        if not PAN.fullmatch(self.pan):
            found["pan"] = "A PAN is five letters, four digits and a letter."
        if not ACCOUNT.fullmatch(self.account_number):
            found["account_number"] = "Write the digits of your account number, nothing else."
        if not IFSC.fullmatch(self.ifsc):
            found["ifsc"] = "An IFSC is four letters, a zero and six more signs, like HDFC0000123."
        return found


def payee_for(mentor_id: int) -> Payee | None:
    """A mentor's account at the gateway, or None before the first step."""
    return db.session.get(Payee, mentor_id)


def payee_onboard(mentor_id: int, form: BankForm, *, gateway: Gateway) -> Payee:
    """Open a mentor's account at the gateway, or give it a corrected bank account. Can be called again at any point.

    A step that is done is not done again. Raises Invalid for a field, Conflict("payee_refused") with the gateway's
    words, Upstream.
    """
    faults = form.faults()
    if faults:
        field, message = next(iter(faults.items()))
        raise Invalid(message, code="bank_form", field=field)
    payee = _begin(mentor_id)
    before = payee.bank_since
    try:
        account_id = payee.gateway_account_id or gateway.account_open(_account(mentor_id, form))
        _keep(mentor_id, gateway_account_id=account_id)
        if payee.stakeholder_id is None:
            person = {"name": form.legal_name, "email": form.email, "kyc": {"pan": form.pan}}
            _keep(mentor_id, stakeholder_id=gateway.stakeholder_add(account_id, person))
        product_id = payee.product_id or str(gateway.product_ask(account_id)["id"])
        _keep(mentor_id, product_id=product_id)
        bank = {"account_number": form.account_number, "ifsc_code": form.ifsc, "beneficiary_name": form.legal_name}
        _keep(mentor_id, bank_since=now())  # first: if this process dies now, payouts wait for nothing, and that is all
        product = gateway.product_bank(account_id, product_id, bank)
    except Conflict as refused:
        _keep(mentor_id, bank_since=before)
        reason = str(refused.details.get("reason") or refused.message)
        raise Conflict(f"Our payment partner says: {reason}", code="payee_refused") from refused
    _account_keep(mentor_id, form.account_number[-4:])
    return payee_record(account_id, product) or payee


def bank_waits_until(payee: Payee) -> datetime | None:
    """Until when nothing is paid out because the bank account is new; None where it is not."""
    until = payee.bank_since + BANK_WAITS if payee.bank_since is not None else None
    return until if until is not None and until > now() else None


def bank_is_new() -> sa.ColumnElement[bool]:
    """As SQL, beside Payee: whether its bank account is too new to be paid to at this instant."""
    return sa.and_(Payee.bank_since.is_not(None), Payee.bank_since > now() - BANK_WAITS)


def _account(mentor_id: int, form: BankForm) -> dict[str, Any]:
    return {
        "email": form.email,
        "phone": form.phone,
        "type": "route",
        "reference_id": f"mentor-{mentor_id}",
        "legal_business_name": form.legal_name,
        "business_type": "individual",
        "contact_name": form.legal_name,
        "profile": {"category": "education", "subcategory": "elearning"},
        "legal_info": {"pan": form.pan},
    }


@transactional
def _begin(mentor_id: int) -> Payee:
    payee = db.session.get(Payee, mentor_id, populate_existing=True)
    if payee is None:
        payee = Payee(mentor_id=mentor_id, state="new", created_at=now(), last_four="")
        db.session.add(payee)
        db.session.flush()
    return payee


@transactional
def _keep(mentor_id: int, **values: str | datetime | None) -> None:
    db.session.execute(sa.update(Payee).where(Payee.mentor_id == mentor_id).values(**values))


@transactional
def _account_keep(mentor_id: int, last_four: str) -> None:
    """Keep the digits of the account that the gateway has taken. A second one is told: it may not be the mentor's."""
    payee = db.session.get(Payee, mentor_id, populate_existing=True, with_for_update=True)
    if payee is None:
        return
    before, payee.last_four = payee.last_four, last_four
    if before:
        announce(BankAccountChanged(mentor_id))


@transactional
def payee_record(account_id: str, product: dict[str, Any]) -> Payee | None:
    """Write down how the gateway's review of an account stands. Returns None for an account that is not ours."""
    statement = sa.select(Payee).where(Payee.gateway_account_id == account_id).with_for_update()
    payee = db.session.execute(statement, execution_options={"populate_existing": True}).scalar_one_or_none()
    if payee is None:
        return None
    status = str(product.get("activation_status"))
    event = "created" if status == "requested" else status
    target = next_state(PAYEE, payee.state, event) if event in PAYEE_EVENTS else None
    payee.problem = _wanted(product) if event == "needs_clarification" else None
    if target is not None:
        payee.state = target
        if target == "activated":
            payee.activated_at = now()
        announce(PayeeChanged(payee.mentor_id))
    db.session.flush()
    return payee


def _wanted(product: dict[str, Any]) -> str:
    """The gateway's open questions, as far as it names them: field and reason."""
    open_ones = [one for one in product.get("requirements") or [] if one.get("status") != "completed"]
    words = [f"{one.get('field_reference', '')} ({one.get('reason_code', '')})".replace("_", " ") for one in open_ones]
    return ", ".join(words)[:500]


@transactional
def _waiting(moment: datetime) -> list[tuple[str, str]]:
    asked = sa.func.coalesce(Payee.asked_at, Payee.created_at)
    rows = db.session.execute(
        sa.select(Payee.mentor_id, Payee.gateway_account_id, Payee.product_id)
        .where(Payee.state != "new", Payee.product_id.is_not(None))
        .where(asked < moment - ASK_EVERY, sa.or_(Payee.state != "activated", asked < moment - ASK_ACTIVE_EVERY))
        .order_by(asked)
        .limit(50)
    ).all()
    ids = [mentor_id for mentor_id, _, _ in rows]
    db.session.execute(sa.update(Payee).where(Payee.mentor_id.in_(ids)).values(asked_at=now()))
    return [(str(account_id), str(product_id)) for _, account_id, product_id in rows]


def payees_ask(*, gateway: Gateway) -> None:
    """Ask how reviews stand, and daily whether active accounts still are: no mail comes, and a webhook may be lost."""
    one_by_one(_waiting(now()), lambda one: payee_record(one[0], gateway.fetch_product(one[0], one[1])), "payee")
