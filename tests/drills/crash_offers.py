"""Packs and codes in the crash drill: bought, used, given back; and what must be true of minutes and uses."""

import sqlalchemy as sa

from peerlearn.kernel import db
from peerlearn.payments.coupon_models import Coupon, CouponUse
from peerlearn.payments.coupons import coupon_make
from peerlearn.payments.models import LedgerTransaction, Payment, PaymentOrder, Refund
from peerlearn.payments.orders import order_open_at_gateway
from peerlearn.payments.pack_models import Pack, PackMove
from peerlearn.payments.pack_refunds import pack_refund
from peerlearn.payments.packs import pack_offer_make, pack_offers_of, pack_want, packs_of
from peerlearn.payments.queries import balance_of
from peerlearn.payments.refunds import refunds_send
from peerlearn.sessions.cancelling import session_cancel
from peerlearn.sessions.discounts import coupon_apply
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.prepaid import pay_with_minutes
from tests.drills.crash_house import Case, House

MINUTES, PRICE = 250, 1999_99
LESSON_MINUTES, LESSON_WORTH = 50, 400_00  # what the first fifth of that pack is worth: the odd paisa is its own
OFF_PERCENT = 20


class Offers:
    """The steps of packs and codes, on a house."""

    def __init__(self, house: House) -> None:
        self.house, self.bank = house, house.bank

    # Packs --------------------------------------------------------------------------------------------------------------

    def offer(self, case: Case) -> None:
        """The mentor offers a pack."""
        pack_offer_make(case.mentor_id, MINUTES, PRICE)

    def want_pack(self, case: Case) -> None:
        """A tap on it, on to paying."""
        (offer,) = pack_offers_of(case.mentor_id)
        order = pack_want(offer.public_id, case.learner_id)
        case.order_id = order_open_at_gateway(order.id, gateway=self.house.ports.gateway).id

    def settle_pack(self, case: Case) -> None:
        """The browser returns from paying it."""
        self.house.come_back(case)

    def bought(self, case: Case) -> None:
        """All of buying one, without a crash; the next order is a lesson's."""
        for step in (self.offer, self.want_pack, self.house.pay, self.settle_pack):
            step(case)
        case.order_id = 0

    def use_minutes(self, case: Case) -> None:
        """The held lesson is paid with minutes."""
        pay_with_minutes(case.session_id, case.learner_id)

    def call_off(self, case: Case) -> None:
        """The mentor calls the lesson off: everything comes back."""
        session_cancel(case.session_id, case.mentor_id, "", gateway=self.house.ports.gateway)

    def give_up(self, case: Case) -> None:
        """The learner gives unused minutes up, once more if need be."""
        (pack,) = packs_of(case.learner_id, case.mentor_id)
        if pack.paise_left:
            pack_refund(pack.public_id, case.learner_id)
        refunds_send(gateway=self.house.ports.gateway)

    # Codes --------------------------------------------------------------------------------------------------------------

    def make_code(self, case: Case) -> None:
        """The mentor gives a code out, for one person, once."""
        self._code(case, OFF_PERCENT)

    def make_free_code(self, case: Case) -> None:
        """A code that takes all of it off."""
        self._code(case, 100)

    @staticmethod
    def _code(case: Case, percent: int) -> None:
        mine = {"mentor_id": case.mentor_id, "funded_by": "mentor"}
        coupon_make(case.mentor_id, f"CODE{case.mentor_id}", percent=percent, most_uses=1, **mine)  # type: ignore[arg-type]

    def write_code(self, case: Case) -> None:
        """The learner writes it on the hold and goes on to pay what is left."""
        lesson = db.session.get(LiveSession, case.session_id, populate_existing=True)
        if lesson is not None and lesson.state == "held":
            coupon_apply(case.session_id, case.learner_id, f"CODE{case.mentor_id}")
        self.go_on(case)

    def go_on(self, case: Case) -> None:
        """On to paying; what costs nothing is booked."""
        from_hold = sa.select(PaymentOrder).where(PaymentOrder.purpose_id == case.session_id)
        self.house.open_order_if_due(case)
        newest = db.session.scalar(
            from_hold.where(PaymentOrder.purpose == "live_session").order_by(PaymentOrder.id.desc())
        )
        case.order_id = newest.id if newest is not None else 0

    # What must be true --------------------------------------------------------------------------------------------------

    def wrong(self, case: Case, end: str) -> list[str]:
        """What is not as it must be, by the name of an end: `asked`, `bought`, `used`, `back`, `given up`, `coded`..."""
        db.session.rollback()
        found: list[str] = getattr(self, f"_{end.replace(' ', '_')}")(case)
        return found

    def _asked(self, case: Case) -> list[str]:
        orders = self._pack_orders(case)
        there = [len(self.bank.store.listed("order", receipt=order.receipt)) for order in orders]
        return [] if there == [1] else [f"{len(orders)} orders for a pack, at the gateway {there}"]

    def _bought(self, case: Case) -> list[str]:
        return self._pack(case, MINUTES, PRICE, {"bought": 1})

    def _used(self, case: Case) -> list[str]:
        return self._pack(
            case, MINUTES - LESSON_MINUTES, PRICE - LESSON_WORTH, {"bought": 1, "used": 1}
        ) + self._lesson(case, "confirmed", LESSON_WORTH)

    def _back(self, case: Case) -> list[str]:
        return self._pack(case, MINUTES, PRICE, {"bought": 1, "used": 1, "returned": 1}) + self._lesson(
            case, "cancelled", 0
        )

    def _given_up(self, case: Case) -> list[str]:
        found = self._pack(case, 0, 0, {"bought": 1, "refunded": 1})
        (order,) = self._pack_orders(case)
        refunds = db.session.scalars(sa.select(Refund).where(Refund.payment_id == order.paid_payment_id)).all()
        payment = db.session.get(Payment, order.paid_payment_id)
        there = self.bank.store.listed("refund", parent=str(payment.gateway_payment_id if payment else ""))
        sums = sum(one.amount_paise for one in refunds), sum(one["amount"] for one in there)
        return found if sums == (PRICE, PRICE) else [*found, f"refunds are {sums[0]} here and {sums[1]} there"]

    def _coded(self, case: Case) -> list[str]:
        order = db.session.get(PaymentOrder, case.order_id, populate_existing=True)
        due = order.amount_paise if order is not None else None
        return self._uses(case, 1, "held") + ([] if due == 399_20 else [f"{due} paise are due, not 39920"])

    def _spent(self, case: Case) -> list[str]:
        return self._uses(case, 1, "used") + self._lesson(case, "confirmed", 399_20)

    def _free(self, case: Case) -> list[str]:
        return self._uses(case, 1, "used") + self._lesson(case, "confirmed", 0)

    def _code_back(self, case: Case) -> list[str]:
        return self._uses(case, 0, "returned") + self._lesson(case, "cancelled", 0)

    def _pack_orders(self, case: Case) -> list[PaymentOrder]:
        statement = sa.select(PaymentOrder).where(
            PaymentOrder.payer_id == case.learner_id, PaymentOrder.purpose == "pack"
        )
        return list(db.session.scalars(statement, execution_options={"populate_existing": True}))

    def _pack(self, case: Case, minutes: int, paise: int, moves: dict[str, int]) -> list[str]:
        statement = sa.select(Pack).where(Pack.learner_id == case.learner_id)
        rows = db.session.scalars(statement, execution_options={"populate_existing": True}).all()
        if [(row.minutes_left, row.paise_left) for row in rows] != [(minutes, paise)]:
            return [f"packs are {[(row.minutes_left, row.paise_left) for row in rows]}, not {(minutes, paise)}"]
        kinds = db.session.scalars(sa.select(PackMove.kind).where(PackMove.pack_id == rows[0].id)).all()
        found = [] if sorted(kinds) == sorted(moves) else [f"the pack moved by {sorted(kinds)}, not {sorted(moves)}"]
        kept = -balance_of("prepaid", case.learner_id)
        return found if kept == paise else [*found, f"{kept} paise are kept for lessons, not {paise}"]

    def _lesson(self, case: Case, state: str, shared: int) -> list[str]:
        lesson = db.session.get(LiveSession, case.session_id, populate_existing=True)
        found = [] if lesson is not None and lesson.state == state else [f"the lesson is not {state}"]
        splits = db.session.scalar(
            sa.select(sa.func.count())
            .select_from(LedgerTransaction)
            .join(
                PaymentOrder, LedgerTransaction.reference == sa.literal("split:") + sa.cast(PaymentOrder.id, sa.String)
            )
            .where(PaymentOrder.purpose_id == case.session_id, PaymentOrder.purpose == "live_session")
        )
        if splits != (1 if shared or state == "cancelled" else 0):
            found.append(f"{splits} splits")
        owed = -balance_of("mentor_payable", case.mentor_id)
        share = owed * 10_000 // shared if shared else owed
        expected = range(8_499, 8_502) if shared else range(1)  # 85 % of it
        return found if share in expected else [*found, f"the mentor is owed {owed} of {shared}"]

    @staticmethod
    def _uses(case: Case, counted: int, state: str) -> list[str]:
        coupon = db.session.scalar(
            sa.select(Coupon).where(Coupon.mentor_id == case.mentor_id),
            execution_options={"populate_existing": True},
        )
        states = db.session.scalars(
            sa.select(CouponUse.state).where(CouponUse.person_id == case.learner_id).order_by(CouponUse.id)
        ).all()
        standing = [one for one in states if one != "returned"]
        wanted = [state] if counted else []
        if coupon is None or coupon.uses != counted or standing != wanted:
            return [f"the code counts {coupon.uses if coupon else None} uses: {list(states)}, not {counted} {state}"]
        return []
