"""Statements as their owners see them: the ledger's numbers, on paper and in a spreadsheet."""

import csv
import io
import re
from datetime import timedelta

import pytest
from flask import Flask

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.kernel import db
from peerlearn.payments.months import Month
from peerlearn.payments.queries import balance_of
from tests.blueprints.dashboard.test_pages import lesson, pair, signed_in  # noqa: F401 - `pair` is a fixture


@pytest.fixture
def month(app: Flask, pair: tuple[int, int], clock) -> Month:  # noqa: F811
    clock.move_to(Month(2026, 11).starts_at + timedelta(days=20))
    lesson(*pair, "Integrals", -100, "completed")
    lesson(*pair, "=cmd()", -90, "completed")
    lesson(*pair, "Given back", -80, "cancelled")
    db.session.rollback()
    return Month.of(now())


def test_the_mentors_paper_opens_and_closes_with_the_ledger(app: Flask, pair, month) -> None:  # noqa: F811
    client = signed_in(app, pair[0])
    listed = client.get("/money/statements")
    assert "November 2026" in listed.text
    page = client.get(f"/money/statements/{month.name}")
    found = re.search(r'data-opening="(-?\d+)" data-closing="(-?\d+)"', page.text)
    assert found is not None
    assert (int(found[1]), int(found[2])) == (0, -balance_of("mentor_payable", pair[0]))
    for words in ("Integrals", "₹1,497.00", "-₹499.00", "₹848.30", "998599"):
        assert words in page.text, words


def test_the_spreadsheet_has_the_same_lines_and_runs_no_formula(app: Flask, pair, month) -> None:  # noqa: F811
    answer = signed_in(app, pair[0]).get(f"/money/statements/{month.name}.csv")
    assert answer.mimetype == "text/csv"
    assert f"peerlearn-mentor-{month.name}.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0][-1] == "balance"
    assert rows[-1][-1] == "848.30"
    assert any(cell == "'=cmd()" for row in rows for cell in row)
    assert not any(row[1].startswith("=") for row in rows)


def test_the_learners_paper_lists_payments_refunds_and_receipts(app: Flask, pair, month) -> None:  # noqa: F811
    client = signed_in(app, pair[1])
    page = client.get(f"/money/statements/{month.name}")
    for words in ("Integrals", "Came back: Given back", "/receipt", "₹1,497.00"):
        assert words in page.text, words
    receipt = re.search(r'href="(/pay/[^"]+/receipt)"', page.text)
    assert receipt is not None
    assert "PL/26-27/00000" in client.get(receipt[1]).text
    assert "PL/26-27/00000" in client.get(f"/money/statements/{month.name}").text


@pytest.mark.parametrize("name", ["2026-13", "2030-01", "now", "2026-11-01"])
def test_a_month_that_is_none_or_still_to_come_is_not_there(app: Flask, pair, month, name: str) -> None:  # noqa: F811
    assert signed_in(app, pair[0]).get(f"/money/statements/{name}").status_code == 404


def test_nobody_sees_anothers_money_and_an_empty_month_says_so(app: Flask, pair, month) -> None:  # noqa: F811
    client = signed_in(app, pair[1])
    assert "data-closing" in client.get(f"/money/statements/{month.name}?as=mentor").text
    assert "Learners paid" not in client.get(f"/money/statements/{month.name}?as=mentor").text, (
        "no mentor, no such paper"
    )
    assert "Nothing moved" in client.get("/money/statements/2026-10").text
    assert 'class="card empty"' in signed_in(app, pair[0], "mentor").get("/money/statements?as=learner").text
    user = db.session.get(User, pair[1])
    assert user is not None and not user.is_mentor
