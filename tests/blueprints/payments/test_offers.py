"""Codes and prepaid minutes as people meet them: the same numbers for learner, mentor and administrator."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from peerlearn.kernel import db
from peerlearn.payments.coupon_models import Coupon
from peerlearn.payments.credits import credit_because_of
from peerlearn.payments.models import PaymentOrder, Refund
from peerlearn.payments.packs import minutes_left, pack_offer_make, packs_of
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.settling import order_settle
from tests.blueprints.sessions.test_views import SHEET, shop, sign_in, text_of, user
from tests.peerlearn.sessions.people import at, mentor, pay, person
from tests.peerlearn.sessions.test_cancelling import booked

__all__ = ["shop"]  # the fixture


def ordered(client: FlaskClient, url: str, **form: str) -> PaymentOrder:
    """Post a form that leads to the pay page; return the order there."""
    answer = client.post(url, data=form)
    assert answer.status_code == 303, text_of(answer)
    found = re.fullmatch(r"/pay/(\S{16})", answer.location)
    assert found is not None, answer.location
    order = db.session.scalar(sa.select(PaymentOrder).where(PaymentOrder.public_id == found[1]))
    assert order is not None
    return order


def test_a_code_is_answered_in_place_and_the_new_sum_is_what_is_paid(shop: Flask) -> None:
    asha, rohan, root = mentor(), person(), person("Root", admin=True)
    admin = sign_in(shop, root)
    made = {"code": "FIFTH", "kind": "percent", "value": "20", "funded_by": "platform", "per_person": "1"}
    assert admin.post("/admin/coupons/make", data=made).status_code == 303
    assert "FIFTH" in text_of(admin.get("/admin/coupons/"))
    client, url = (
        sign_in(shop, rohan),
        f"/mentors/{user(asha).public_id}/book?at={at(30).isoformat().replace('+', '%2B')}",
    )
    wrong = client.post(url, data={"apply": "1", "code": "nosuch"}, headers=SHEET)
    assert "This code is not for this lesson" in text_of(wrong) and "Pay ₹499 " in text_of(wrong)
    seen = text_of(client.post(url, data={"apply": "1", "code": "fifth"}, headers=SHEET))
    assert "Pay ₹399.20" in seen and "Code FIFTH, paid by PeerLearn" in seen and "-₹99.80" in seen and "₹424.15" in seen
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LiveSession)) == 0, "asking holds nothing"
    order = ordered(client, url, code="fifth")
    assert order.amount_paise == 399_20
    page = text_of(client.get(f"/pay/{order.public_id}"))
    assert "Pay ₹399.20" in page and "Code FIFTH takes ₹99.80 off" in page
    lesson = db.session.get(LiveSession, order.purpose_id)
    assert lesson is not None
    whole = ordered(client, f"/sessions/{lesson.public_id}/coupon", remove="1")
    assert whole.amount_paise == 499_00
    again = client.post(f"/sessions/{lesson.public_id}/coupon", data={"code": "WRONG1"}, follow_redirects=True)
    assert "This code is not for this lesson" in text_of(again)
    order = ordered(client, f"/sessions/{lesson.public_id}/coupon", code="FIFTH")
    pay(order.id)
    order_settle(order.id)
    receipt = text_of(client.get(f"/pay/{order.public_id}/receipt"))
    shown = text_of(sign_in(shop, asha).get(f"/sessions/{lesson.public_id}"))
    case = text_of(admin.get(f"/admin/lessons/details/?id={lesson.id}"))
    for words in (receipt, shown):
        assert "₹424.15" in words
    assert "-₹99.80" in receipt and "₹399.20" in receipt and "Rohan paid ₹399.20" in shown
    assert "code FIFTH" in case and "₹99.80, borne by the platform" in case and "mentor_payable -424.15" in case
    assert admin.post("/admin/coupons/end", data={"id": _coupon().public_id}).status_code == 303
    assert _coupon().closed_at is not None


def _coupon() -> Coupon:
    found = db.session.scalar(sa.select(Coupon).execution_options(populate_existing=True))
    assert found is not None
    return found


def test_a_pack_is_bought_used_with_one_tap_and_what_is_left_goes_back(shop: Flask) -> None:
    asha, rohan, root = mentor(), person(), person("Root", admin=True)
    teacher, client = sign_in(shop, asha), sign_in(shop, rohan)
    assert teacher.post("/money/offers/pack", data={"lessons": "5", "price": "1,999"}).status_code == 303
    assert "250 minutes for ₹1,999" in text_of(teacher.get("/money/offers"))
    public = text_of(shop.test_client().get(f"/mentors/{user(asha).public_id}"))
    assert "5 lessons" in public and "250 min, ₹399 a lesson" in public and "They never expire" in public
    offer = re.search(r"/packs/(\S{16})", client.get(f"/mentors/{user(asha).public_id}").get_data(as_text=True))
    assert offer is not None
    sheet = text_of(client.get(f"/packs/{offer[1]}", headers=SHEET))
    assert "Pay ₹1,999" in sheet and "₹1,699.15" in sheet
    order = ordered(client, f"/packs/{offer[1]}/buy")
    assert "250 prepaid minutes" in text_of(client.get(f"/pay/{order.public_id}"))
    assert "Nothing was taken" in text_of(client.get(f"/pay/{order.public_id}/status"))
    pay(order.id)
    order_settle(order.id)
    assert "Your minutes are here" in text_of(client.get(f"/pay/{order.public_id}/status"))
    assert "250 prepaid minutes" in text_of(client.get(f"/pay/{order.public_id}/receipt"))
    assert "You have 250 minutes with Asha" in text_of(client.get(f"/mentors/{user(asha).public_id}"))
    url = f"/mentors/{user(asha).public_id}/book?at={at(30).isoformat().replace('+', '%2B')}"
    assert "Use 50 of your 250 minutes" in text_of(client.get(url, headers=SHEET))
    booked = client.post(url, data={"with": "minutes"})
    lesson = db.session.scalar(sa.select(LiveSession))
    assert lesson is not None and booked.location == f"/sessions/{lesson.public_id}"
    assert (lesson.state, minutes_left(rohan, asha)) == ("confirmed", 200)
    assert "Paid with 50 prepaid minutes" in text_of(client.get(f"/sessions/{lesson.public_id}"))
    mine = text_of(teacher.get(f"/sessions/{lesson.public_id}"))
    assert "Paid with minutes of a pack ₹399.80" in mine and "You, for teaching ₹339.83" in mine
    case = text_of(sign_in(shop, root).get(f"/admin/lessons/details/?id={lesson.id}"))
    assert "prepaid minutes used" in case and "50 min, ₹399.80" in case and "mentor_payable -339.83" in case
    assert "₹339.83" in text_of(teacher.get("/money"))
    cancel = f"/sessions/{lesson.public_id}/cancel"
    assert "50 min" in text_of(client.get(cancel, headers=SHEET))
    assert client.post(cancel, data={"refund_paise": "0", "back_minutes": "50"}).status_code == 303
    assert "50 prepaid minutes are yours again" in text_of(client.get(f"/sessions/{lesson.public_id}"))
    assert "₹339.83" not in text_of(teacher.get(f"/sessions/{lesson.public_id}"))
    bought = packs_of(rohan)[0]
    assert "250 of 250 minutes" in text_of(client.get("/me/minutes"))
    back = f"/me/minutes/{bought.public_id}/return"
    assert "₹1,999.00" in text_of(client.get(back, headers=SHEET))
    assert client.post(back, data={"paise": "5"}, headers=SHEET).status_code == 409
    assert client.post(back, data={"paise": "199900"}).status_code == 303
    refund = db.session.scalar(sa.select(Refund))
    assert refund is not None and refund.amount_paise == 1999_00 and minutes_left(rohan, asha) == 0


def test_the_forms_of_packs_and_codes_say_what_is_wrong_and_are_for_mentors(shop: Flask) -> None:
    asha, rohan = mentor(), person()
    teacher = sign_in(shop, asha)
    for path, form in (
        ("pack", {"lessons": "0", "price": "100"}),
        ("pack", {"lessons": "5", "price": "x"}),
        ("coupon", {"code": "A", "value": "10"}),
        ("coupon", {"code": "GOODCODE", "value": "10", "until": "2026-13-40"}),
        ("coupon", {"code": "GOODCODE", "kind": "amount", "value": "9" * 30}),
    ):
        assert teacher.post(f"/money/offers/{path}", data=form).status_code == 400
    until = (at(24) + timedelta(days=3)).date().isoformat()
    good = {"code": "goodcode", "kind": "amount", "value": "100", "until": until, "per_person": "2", "most_uses": "9"}
    assert teacher.post("/money/offers/coupon", data=good).status_code == 303
    assert "GOODCODE ₹100 off, used 0 of 9, until" in text_of(teacher.get("/money/offers"))
    made = _coupon()
    assert (made.funded_by, made.mentor_id, made.per_person, made.most_uses) == ("mentor", asha, 2, 9)
    assert teacher.post(f"/money/offers/coupon/{made.public_id}/close").status_code == 303
    for path in ("/money/offers", "/admin/coupons/"):
        assert sign_in(shop, rohan).get(path).status_code == 403


@pytest.mark.parametrize("with_what", ["minutes", "code"])
def test_what_can_not_pay_leaves_the_hold_and_says_why(shop: Flask, with_what: str) -> None:
    asha, rohan = mentor(), person()
    pack_offer_make(asha, 50, 400_00)
    client = sign_in(shop, rohan)
    url = f"/mentors/{user(asha).public_id}/book?at={at(30).isoformat().replace('+', '%2B')}"
    form = {"with": "minutes"} if with_what == "minutes" else {"code": "NOSUCH"}
    answer = client.post(url, data=form, headers=SHEET)
    words = text_of(answer)
    assert answer.status_code == 409 and "is held for you" in words
    assert ("This code is not for this lesson" if with_what == "code" else "0 prepaid minutes left") in words
    held = db.session.scalar(sa.select(LiveSession))
    assert held is not None and held.state == "held"


def test_what_we_owe_for_a_lesson_that_its_mentor_called_off_late_comes_off_the_next_one_by_itself(
    shop: Flask, clock: Any
) -> None:
    asha, noor, rohan = mentor(), mentor("Noor Aziz", price_paise=300_00), person()
    lesson = booked(asha, rohan)
    clock.move_to(lesson.starts_at - timedelta(hours=2))
    hers, url = sign_in(shop, asha), f"/sessions/{lesson.public_id}"
    sheet = text_of(hers.get(f"{url}/cancel", headers=SHEET))
    assert "So late it counts" in sheet and "Rohan gets ₹49.90 off a next lesson from us." in sheet
    assert hers.post(f"{url}/cancel", data={"refund_paise": 499_00, "back_minutes": 0}).status_code == 303
    client = sign_in(shop, rohan)
    page = text_of(client.get(url))
    credit = credit_because_of(lesson.id)
    assert credit is not None and credit.code in page and "₹49.90 off your next lesson" in page
    assert "Others who teach this" in page and "Asha is free at these times" in page
    book = f"/mentors/{user(noor).public_id}/book?at={at(30).isoformat().replace('+', '%2B')}"
    seen = client.get(book, headers=SHEET).get_data(as_text=True)
    assert f'value="{credit.code}"' in seen and "Pay ₹250.10" in text_of(client.get(book, headers=SHEET))
    assert ordered(client, book, code=credit.code).amount_paise == 250_10
    assert "You have used" in text_of(client.get(url))
    assert "0 of 1" in text_of(hers.get("/today"))
