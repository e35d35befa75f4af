import pytest
import sqlalchemy as sa

from peerlearn.kernel import db, transactional
from peerlearn.payments import service
from peerlearn.payments.models import LedgerEntry, LedgerTransaction, Payment
from tests.peerlearn.payments.money import balanced


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_transaction"])
@pytest.mark.parametrize("action", ["UPDATE {0} SET id = id + 1000", "DELETE FROM {0}"])
def test_the_database_itself_refuses_to_change_the_ledger(settled: Payment, table: str, action: str) -> None:
    @transactional
    def tamper() -> None:
        db.session.execute(sa.text(action.format(table)))

    with pytest.raises(sa.exc.DBAPIError, match="ledger_append_only"):
        tamper()
    assert balanced()


def test_the_check_finds_a_missing_posting_and_an_unbalanced_transaction(settled: Payment) -> None:
    @transactional
    def spoil() -> None:
        transaction = LedgerTransaction(reference="odd", kind="odd", at=settled.created_at)
        db.session.add(transaction)
        db.session.flush()
        db.session.add(LedgerEntry(transaction_id=transaction.id, account="gateway", owner_id=None, amount_paise=5))
        settled_twin = Payment(
            order_id=settled.order_id, gateway_payment_id="pay_neverposted001", amount_paise=1, state="captured",
            created_at=settled.created_at, captured_at=settled.created_at,
        )  # fmt: skip
        db.session.add(settled_twin)

    spoil()
    report = service.ledger_check()
    assert not report.balanced
    assert (report.unbalanced, report.missing, report.total_paise) == (["odd"], ["capture:pay_neverposted001"], 5)
