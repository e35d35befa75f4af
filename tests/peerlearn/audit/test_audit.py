import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from peerlearn.audit.queries import audit_broken_at, audit_for
from peerlearn.audit.service import audit_write
from peerlearn.kernel import db, transactional


def write(number: int) -> None:
    audit_write(1, "user_ban", "user", "abc", f"Reason {number}", {"state": "active"}, {"state": "banned"}, "10.0.0.1")


def test_a_row_says_who_did_what_why_and_what_changed(app: Flask) -> None:
    write(1)
    row = audit_for("user", "abc")[0]
    assert (row.actor_id, row.action, row.reason, row.ip) == (1, "user_ban", "Reason 1", "10.0.0.1")
    assert (row.before, row.after) == ({"state": "active"}, {"state": "banned"})


def test_no_action_leaves_a_row_when_it_is_rolled_back(app: Flask) -> None:
    @transactional
    def act() -> None:
        write(1)
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        act()
    assert audit_for("user", "abc") == []


@pytest.mark.parametrize("statement", ["UPDATE audit_row SET reason = 'other'", "DELETE FROM audit_row"])
def test_the_database_refuses_to_change_or_remove_a_row(app: Flask, statement: str) -> None:
    write(1)

    @transactional
    def tamper() -> None:
        db.session.execute(sa.text(statement))

    with pytest.raises(DBAPIError, match="append_only"):
        tamper()
    assert len(audit_for("user", "abc")) == 1


def test_the_chain_follows_and_a_forged_row_shows(app: Flask) -> None:
    for number in range(3):
        write(number)
    assert audit_broken_at() is None

    @transactional
    def forge() -> None:
        db.session.execute(
            sa.text(
                "INSERT INTO audit_row (action, subject_kind, subject_ref, reason, before, after, ip, at, digest)"
                " SELECT 'forged', 'user', 'abc', '', '{}', '{}', '', at, 'made up' FROM audit_row WHERE id = 1"
            )
        )

    forge()
    assert audit_broken_at() == 4
