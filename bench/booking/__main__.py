"""`make bench-booking`: bookings by the service, against bare inserts of the same rows, on one PostgreSQL in one run.

A booking is what a learner's tap does before paying: the mentor's hours, both people's time and the learner's other
holds are read, the lesson and two claims of time are written, all in one transaction that is committed to disk. The
bare side writes the very rows that the service has written into equal tables (same keys, indexes and exclusion
constraint), a transaction for each lesson, through the same driver. Both take turns, booking by booking, so that a
noisy moment hits both.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg2
import sqlalchemy as sa
from psycopg2.extras import Json, execute_values

from config.app import create_app
from config.settings import Settings
from peerlearn.clock import now
from peerlearn.jobs.queue import DirectQueue
from peerlearn.kernel import db, transactional
from peerlearn.sessions.holds import hold_slot
from peerlearn.sessions.models import LiveSession, TimeClaim
from tests.database import make_schema
from tests.peerlearn.sessions.people import mentor, person
from tests.servers import postgres

BOUND = 5.0
ROUNDS, PER_ROUND, WARM_UP, MENTORS, LEARNERS = 7, 100, 30, 20, 400


@transactional
def people_add() -> tuple[list[int], list[int]]:
    """Mentors who are free all day, and learners; returns their row ids."""
    mentors = [mentor(f"Mentor {number}", zone="Asia/Kolkata") for number in range(MENTORS)]
    return mentors, [person(f"Learner {number}") for number in range(LEARNERS)]


def wishes(mentors: Sequence[int], learners: Sequence[int]) -> Iterator[tuple[int, datetime, int]]:
    """(mentor, start, learner) of bookings that all succeed: hour after hour, no learner at two places."""
    first = (now() + timedelta(days=2)).replace(hour=3, minute=30, second=0, microsecond=0)  # nine in India
    turn = 0
    for day in range(24):
        for hour in range(8):
            for mentor_id in mentors:
                yield mentor_id, first + timedelta(days=day, hours=hour), learners[turn % len(learners)]
                turn += 1


def book(wanted: Sequence[tuple[int, datetime, int]]) -> list[int]:
    """Book through the service; return the rows' ids."""
    made = []
    for mentor_id, starts_at, learner_id in wanted:
        made.append(hold_slot(mentor_id, starts_at, learner_id).id)
        db.session.remove()
    return made


@transactional
def let_go(ids: Sequence[int]) -> None:
    """Forget held lessons, so that no learner holds too many. Not measured."""
    db.session.execute(sa.update(LiveSession).where(LiveSession.id.in_(ids)).values(state="confirmed"))


class Bare:
    """The same rows, written into equal tables by nothing but the driver."""

    def __init__(self, dsn: str) -> None:
        self.connection = psycopg2.connect(dsn)
        self.cursor = self.connection.cursor()
        for table in ("live_session", "time_claim"):
            self.cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
        # LIKE copies all but foreign keys and exclusion constraints.
        self.cursor.execute(
            "ALTER TABLE bare_time_claim ADD CONSTRAINT bare_overlap EXCLUDE USING gist "
            "(person_id WITH =, tstzrange(starts_at, ends_at) WITH &&)"
        )
        for table, column, other in (
            ("live_session", "mentor_id", '"user"'),
            ("live_session", "learner_id", '"user"'),
            ("live_session", "held_by", '"user"'),
            ("time_claim", "person_id", '"user"'),
            ("time_claim", "live_session_id", "bare_live_session"),
        ):
            self.cursor.execute(f"ALTER TABLE bare_{table} ADD FOREIGN KEY ({column}) REFERENCES {other} (id)")
        self.connection.commit()

    def rows_of(self, ids: Sequence[int]) -> list[tuple[list[str], tuple[Any, ...], list[tuple[Any, ...]]]]:
        """What the service wrote for each lesson: column names, the lesson, its claims."""
        found = []
        for live_session_id in ids:
            self.cursor.execute("SELECT * FROM live_session WHERE id = %s", (live_session_id,))
            lesson = tuple(Json(value) if isinstance(value, dict) else value for value in self.cursor.fetchone() or ())
            names = [column.name for column in self.cursor.description or ()]
            self.cursor.execute(
                "SELECT person_id, live_session_id, starts_at, ends_at FROM time_claim WHERE live_session_id = %s",
                (live_session_id,),
            )
            found.append((names, lesson, self.cursor.fetchall()))
        self.connection.commit()
        return found

    def write(self, rows: Sequence[tuple[list[str], tuple[Any, ...], list[tuple[Any, ...]]]]) -> None:
        """One transaction for each lesson."""
        for names, lesson, claims in rows:
            marks = ", ".join(["%s"] * len(names))
            statement = f"INSERT INTO bare_live_session ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - our own names
            self.cursor.execute(statement, lesson)
            execute_values(
                self.cursor,
                "INSERT INTO bare_time_claim (person_id, live_session_id, starts_at, ends_at) VALUES %s",
                claims,
            )
            self.connection.commit()


def measure(dsn: str) -> tuple[float, float]:
    """Milliseconds of one booking and of its bare rows: the medians of all."""
    mentors, learners = people_add()
    wanted, bare = wishes(mentors, learners), Bare(dsn)
    warm = book(list(islice(wanted, WARM_UP)))
    bare.write(bare.rows_of(warm))
    let_go(warm)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ids = []
        for wish in islice(wanted, PER_ROUND):
            started = time.perf_counter()
            made = book([wish])
            ours.append((time.perf_counter() - started) * 1000)
            rows = bare.rows_of(made)
            started = time.perf_counter()
            bare.write(rows)
            theirs.append((time.perf_counter() - started) * 1000)
            ids += made
        let_go(ids)
    written = db.session.scalar(sa.select(sa.func.count()).select_from(TimeClaim))
    assert written == 2 * (WARM_UP + ROUNDS * PER_ROUND), written
    bare.connection.close()
    return statistics.median(ours), statistics.median(theirs)


def main() -> int:
    """Measure, print, and say by the exit code whether the bound is kept."""
    with tempfile.TemporaryDirectory() as folder, postgres(durable=True) as server:
        url = server.fresh("bench")
        app = create_app(Settings.for_tests(database_url=url, data_dir=Path(folder)), queue=DirectQueue())
        make_schema(app)
        with app.app_context():
            ours, theirs = measure(url.replace("+psycopg2", ""))
            db.session.remove()
            db.engine.dispose()
    ratio = ours / theirs
    print(f"  {'one booking':<22}{'ms':>8}{'per s':>9}")
    print(f"  {'PeerLearn':<22}{ours:>8.2f}{1000 / ours:>9.0f}")
    print(f"  {'bare inserts':<22}{theirs:>8.2f}{1000 / theirs:>9.0f}")
    if ratio > BOUND:
        print(f"  MISSED ratio {ratio:.2f} (bound {BOUND:g})")
    print(f"RESULT bench-booking booking_ms={ours:.2f} bare_ms={theirs:.2f} ratio={ratio:.2f}")
    return 1 if ratio > BOUND else 0


if __name__ == "__main__":
    sys.exit(main())
