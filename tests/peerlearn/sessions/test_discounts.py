"""Coupons: who bears it, what it leaves to pay, limits that no race passes, and the same path to a confirmed lesson."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.accounts.models import User
from peerlearn.errors import Conflict, Invalid, Missing, NotAllowed, PeerLearnError
from peerlearn.kernel import db
from peerlearn.payments.books import kept_split, ledger_check
from peerlearn.payments.coupon_models import Coupon, CouponUse
from peerlearn.payments.coupons import coupon_close, coupon_make, coupon_quote
from peerlearn.payments.models import Payment, PaymentOrder, Refund
from peerlearn.payments.queries import balance_of
from peerlearn.sessions import checkout
from peerlearn.sessions.cancelling import cancel_preview, session_cancel
from peerlearn.sessions.checkout import Settled
from peerlearn.sessions.discounts import coupon_apply, coupon_remove
from peerlearn.sessions.judging import Evidence, verdict_write
from peerlearn.sessions.models import LiveSession, SessionVerdict
from peerlearn.sessions.objecting import verdict_settle
from peerlearn.sessions.service import session_publish
from tests.peerlearn.sessions.people import TestGateway, at, mentor, pay, person, together


def again(lesson: LiveSession) -> LiveSession:
    found = db.session.get(LiveSession, lesson.id, populate_existing=True)
    assert found is not None
    return found


def uses(code: str) -> tuple[int, list[str]]:
    coupon = db.session.scalar(sa.select(Coupon).where(Coupon.code == code).execution_options(populate_existing=True))
    assert coupon is not None
    return coupon.uses, sorted(db.session.scalars(sa.select(CouponUse.state).where(CouponUse.coupon_id == coupon.id)))


def ordered(lesson: LiveSession) -> PaymentOrder:
    order = checkout.order_open(lesson.id, gateway=TestGateway())
    assert order is not None
    return order


def root() -> int:
    return person("Root", admin=True)


def user(user_id: int) -> User:
    found = db.session.get(User, user_id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("funded_by", "mentor_paise", "ours", "borne"), [("platform", 424_15, 74_85, 99_80), ("mentor", 339_32, 59_88, 0)]
)
def test_who_bears_the_discount_decides_what_the_mentor_gets(
    app: Flask, clock: Any, funded_by: str, mentor_paise: int, ours: int, borne: int
) -> None:
    asha, rohan = mentor(), person()
    coupon_make(root(), "fifth-20", percent=20, funded_by=funded_by, mentor_id=asha)
    held = checkout.hold_slot(asha, at(30), rohan)
    quote = coupon_apply(held.id, rohan, " Fifth 20 ")
    assert (quote.discount_paise, quote.due_paise) == (99_80, 399_20)
    order = ordered(held)
    assert (order.amount_paise, order.list_paise, order.discount_paise, order.discount_by) == (
        399_20, 499_00, 99_80, funded_by,
    )  # fmt: skip
    pay(order.id)
    assert checkout.settle(order.id) is Settled.CONFIRMED
    assert balance_of("mentor_payable", asha) == -mentor_paise
    assert balance_of("platform_fee") + balance_of("gst_payable") == -ours
    assert balance_of("discount") == borne
    assert uses("FIFTH20") == (1, ["used"]) and ledger_check().balanced
    # 80 % back: of the money that was paid, and every share gives its part.
    clock.move_to(held.starts_at - timedelta(hours=13))
    preview = cancel_preview(again(held), user(rohan))
    assert preview.refund_paise == 319_36
    assert session_cancel(held.id, rohan, "", expect_paise=319_36) == preview
    assert balance_of("mentor_payable", asha) == -preview.kept.mentor_paise
    assert balance_of("platform_fee") + balance_of("gst_payable") == -(preview.kept.fee_paise + preview.kept.gst_paise)
    assert preview.kept.gross_paise == 399_20 + borne - 319_36 - (borne - balance_of("discount"))
    kept = kept_split(order)
    assert kept is not None and kept[1] == preview.kept
    assert ledger_check().balanced and uses("FIFTH20") == (1, ["used"])


def test_a_coupon_for_all_of_it_takes_the_same_path_without_the_gateway(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(price_paise=500_00), person()
    coupon_make(root(), "GIFT", off_paise=499_50)
    held = checkout.hold_slot(asha, at(24), rohan)
    # ₹0.50 would be left, which no gateway takes: the discount is raised.
    assert coupon_apply(held.id, rohan, "gift").due_paise == 0
    bank = TestGateway()
    assert checkout.order_open(held.id, gateway=bank) is None and bank.opened == []
    assert checkout.order_open(held.id, gateway=bank) is None
    lesson = again(held)
    assert lesson.state == "confirmed" and lesson.order_id is not None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Payment)) == 0
    assert balance_of("discount") == 500_00 and balance_of("mentor_payable", asha) == -425_00
    assert uses("GIFT") == (1, ["used"]) and ledger_check().balanced
    # Nobody came: what the platform bore is its own again, nobody is refunded, and the code may be used again.
    clock.move_to(lesson.ends_at + timedelta(hours=1))
    assert verdict_write(lesson.id, Evidence((), ()))
    clock.move(hours=25)
    assert verdict_settle(lesson.id)
    row = db.session.get(SessionVerdict, lesson.id)
    assert row is not None and (row.refund_paise, row.waived_paise) == (0, 500_00)
    assert balance_of("discount") == 0 == balance_of("mentor_payable", asha) and uses("GIFT") == (0, ["returned"])
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Refund)) == 0
    order = db.session.get(PaymentOrder, lesson.order_id, populate_existing=True)
    assert order is not None and order.released_at is not None and ledger_check().balanced


def test_a_lesson_that_its_mentor_gives_for_nothing_moves_no_money(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    coupon_make(asha, "TRYME", percent=100, funded_by="mentor", mentor_id=asha)
    held = checkout.hold_slot(asha, at(30), rohan)
    coupon_apply(held.id, rohan, "TRYME")
    assert checkout.order_open(held.id, gateway=TestGateway()) is None
    assert again(held).state == "confirmed" and again(held).gross_paise == 0
    assert balance_of("mentor_payable", asha) == 0 and ledger_check().balanced
    assert session_cancel(held.id, rohan, "").refund_paise == 0
    assert uses("TRYME") == (1, ["used"])


@pytest.mark.parametrize("how", ["lapses", "dropped", "removed", "cancelled"])
def test_a_use_is_given_back_when_the_hold_ends_unpaid(app: Flask, clock: Any, how: str) -> None:
    asha, rohan = mentor(), person()
    coupon_make(root(), "ONCE", percent=10, most_uses=1)
    lesson = session_publish(asha, "Sums", "", None, at(30), 50, 400_00)
    held = checkout.hold_public(lesson.public_id, rohan)
    coupon_apply(held.id, rohan, "ONCE")
    assert coupon_apply(held.id, rohan, "ONCE").due_paise == 360_00  # the same code twice is one use
    first = ordered(held)
    assert uses("ONCE")[0] == 1
    if how == "lapses":
        clock.move(minutes=11)
        checkout.holds_expire()
    elif how == "dropped":
        checkout.hold_drop(held.id, rohan)
    elif how == "removed":
        coupon_remove(held.id, rohan)
        assert ordered(again(held)).amount_paise == 400_00 and ordered(again(held)).id != first.id
    else:
        session_cancel(held.id, asha, "")
    assert uses("ONCE")[0] == 0 and set(uses("ONCE")[1]) == {"returned"}
    assert again(held).due_paise == 400_00 or how == "cancelled"
    assert ledger_check().balanced


def test_the_last_use_of_a_code_goes_to_one_of_many_and_one_person_has_one(app: Flask, clock: Any) -> None:
    asha = mentor()
    coupon_make(root(), "LASTONES", percent=50, most_uses=2)
    people = [person() for _ in range(6)]
    held = [checkout.hold_slot(asha, at(24 + 2 * number), one) for number, one in enumerate(people)]
    pairs = list(zip([one.id for one in held], people, strict=True))
    results = together(app, [lambda h=h, p=p: coupon_apply(h, p, "LASTONES") for h, p in pairs])
    db.session.rollback()
    refused = [one for one in results if isinstance(one, Conflict)]
    assert len(refused) == 4 and {one.code for one in refused} == {"coupon_used_up"}
    assert uses("LASTONES") == (2, ["held", "held"])
    # One person, three lessons at once, one use each.
    coupon_make(root(), "FIRSTTIME", percent=50, per_person=1)
    rohan = person()
    mine = [checkout.hold_slot(mentor(), at(48 + 2 * number), rohan).id for number in range(3)]
    results = together(app, [lambda one=one: coupon_apply(one, rohan, "FIRSTTIME") for one in mine])
    db.session.rollback()
    assert sum(isinstance(one, PeerLearnError) for one in results) == 2
    assert uses("FIRSTTIME") == (1, ["held"]) and ledger_check().balanced


def test_the_database_itself_refuses_a_use_beyond_the_limit(app: Flask, clock: Any) -> None:
    made = coupon_make(root(), "GUARD", percent=50, most_uses=1)
    for broken in (
        sa.update(Coupon).where(Coupon.id == made.id).values(uses=2),
        sa.insert(CouponUse).values(
            [
                {"coupon_id": made.id, "person_id": made.made_by, "live_session_id": n, "number": 1,
                 "discount_paise": 1, "state": "held"}
                for n in (1, 2)
            ]
        ),
    ):  # fmt: skip
        with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
            db.session.execute(broken)


def test_money_for_an_order_of_before_the_code_counts_as_it_was_shown(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    coupon_make(root(), "LATER", percent=20, most_uses=1)
    held = checkout.hold_slot(asha, at(30), rohan)
    whole = ordered(held)
    coupon_apply(held.id, rohan, "LATER")
    less = ordered(again(held))
    assert (whole.amount_paise, less.amount_paise) == (499_00, 399_20)
    pay(whole.id)
    assert checkout.settle(whole.id) is Settled.CONFIRMED
    assert again(held).due_paise == 499_00 and uses("LATER") == (0, ["returned"])
    pay(less.id)
    assert checkout.settle(less.id) is Settled.RETURNED  # paid twice: the second one goes back
    assert balance_of("learner", rohan) == -399_20 and ledger_check().balanced


@pytest.mark.parametrize("used_up", [False, True])
def test_late_money_with_a_discount_is_used_only_where_the_code_still_has_a_use(
    app: Flask, clock: Any, used_up: bool
) -> None:
    asha, rohan, priya = mentor(), person(), person("Priya")
    coupon_make(root(), "LATE", percent=20, most_uses=1)
    held = checkout.hold_slot(asha, at(30), rohan)
    coupon_apply(held.id, rohan, "LATE")
    order = ordered(held)
    clock.move(minutes=11)
    checkout.holds_expire()
    if used_up:
        coupon_apply(checkout.hold_slot(asha, at(40), priya).id, priya, "LATE")
    pay(order.id)
    assert checkout.settle(order.id) is (Settled.RETURNED if used_up else Settled.CONFIRMED)
    assert uses("LATE")[0] == 1 and ledger_check().balanced
    assert balance_of("discount") == (0 if used_up else 99_80)


def test_a_code_says_why_it_takes_nothing_off(app: Flask, clock: Any) -> None:
    asha, rohan = mentor(), person()
    admin = root()

    def refusal(code: str, price: int = 499_00, mentor_id: int = asha) -> str:
        with pytest.raises((Invalid, Conflict)) as caught:
            coupon_quote(code, rohan, mentor_id, price)
        return caught.value.code

    assert refusal("NOSUCH") == "no_such_code"
    coupon_make(admin, "ASHAONLY", percent=10, mentor_id=asha)
    assert refusal("ASHAONLY", mentor_id=mentor()) == "no_such_code"
    coupon_make(admin, "BIGONES", percent=10, least_paise=1000_00)
    assert refusal("BIGONES") == "coupon_least"
    coupon_make(admin, "SOON", percent=10, valid_from=at(24))
    assert refusal("SOON") == "coupon_early"
    ended = coupon_make(admin, "ENDED", percent=10)
    coupon_close(ended.public_id, admin)
    assert refusal("ENDED") == "coupon_ended"
    coupon_make(admin, "SHORT", percent=10, valid_until=at(2))
    clock.move(hours=3)
    assert refusal("SHORT") == "coupon_ended"
    assert refusal("ASHAONLY", price=0) == "coupon_free"


def test_a_mentor_makes_coupons_for_own_lessons_at_own_cost_only(app: Flask, clock: Any) -> None:
    asha, ben, rohan = mentor(), mentor("Ben"), person()
    for maker, values in (
        (rohan, {"funded_by": "platform"}),
        (asha, {"funded_by": "platform"}),
        (asha, {"funded_by": "mentor", "mentor_id": ben}),
    ):
        with pytest.raises(NotAllowed):
            coupon_make(maker, "NOTMINE", percent=10, **values)  # type: ignore[arg-type]
    mine = coupon_make(asha, "MINE", percent=10, funded_by="mentor", mentor_id=asha)
    with pytest.raises(Missing):
        coupon_close(mine.public_id, ben)
    with pytest.raises(Conflict, match="already"):
        coupon_make(ben, "mine", percent=10, funded_by="mentor", mentor_id=ben)
    for odd in ({"percent": 0}, {"percent": 101}, {"percent": 10, "off_paise": 500}, {}, {"off_paise": 99}):
        with pytest.raises(Invalid):
            coupon_make(asha, "ODDONE", funded_by="mentor", mentor_id=asha, **odd)  # type: ignore[arg-type]
