"""Numbers of papers: in a row without gaps within a financial year of India, in the order of what they are about.

A number is given after the event, by a job each minute or by whoever asks for the paper first, so nothing waits for it.
Rows are never deleted, and a transaction that fails gives its numbers back: there are no gaps.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from peerlearn.clock import now
from peerlearn.kernel import db, transactional
from peerlearn.payments.months import financial_years

TRIES = 5  # others give numbers at the same time; each try finds fewer left


def numbers_give(papers: Any, waiting: sa.Subquery) -> int:
    """Give every waiting row its number in a table of papers. Returns how many this call gave. Idempotent.

    `waiting` has the columns of a paper that are its own, the first of them its key, and `at`, the instant whose
    financial year counts. The table has beside them `financial_year`, `number` and `issued_at`.
    """
    for _ in range(TRIES):
        try:
            return _give_all(papers, waiting)
        except IntegrityError:  # another process took these numbers: look again at what is left
            continue
    return 0


@transactional
def _give_all(papers: Any, waiting: sa.Subquery) -> int:
    oldest, newest = db.session.execute(sa.select(sa.func.min(waiting.c.at), sa.func.max(waiting.c.at))).one()
    if oldest is None or newest is None:
        return 0
    own = [column for column in waiting.c if column.key != "at"]
    given = 0
    for year, start, end in financial_years(oldest, newest):
        last = sa.select(sa.func.coalesce(sa.func.max(papers.number), 0)).where(papers.financial_year == year)
        before = int(db.session.execute(last).scalar_one())
        rows = sa.select(
            *own,
            sa.literal(year),
            before + sa.func.row_number().over(order_by=(waiting.c.at, own[0])),
            sa.literal(now(), type_=papers.issued_at.type),
        ).where(waiting.c.at >= start, waiting.c.at < end)
        columns = [*(column.key for column in own), "financial_year", "number", "issued_at"]
        done: Any = db.session.execute(sa.insert(papers).from_select(columns, rows, include_defaults=False))
        given += int(done.rowcount)
    return given
