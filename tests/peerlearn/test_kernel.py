"""One transaction per service call, facts after commit, races decided by the row count."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Mapped, mapped_column

from peerlearn import clock, engines
from peerlearn.engines import prepare_engine
from peerlearn.kernel import (
    Base,
    PublicId,
    announce,
    db,
    one_by_one,
    set_hearer,
    transactional,
    transition,
)
from tests.servers import PostgresServer


class Thing(PublicId, Base):
    """A table of this test only."""

    __tablename__ = "thing_of_test_kernel"
    __table_args__ = ({"info": {"test_only": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="new")
    at: Mapped[datetime] = mapped_column(default=clock.now)


Base.metadata.remove(Thing.__table__)  # type: ignore[arg-type] - other tests' schema must not hold it


@pytest.fixture
def heard() -> list[object]:
    return []


@pytest.fixture
def bare(tmp_path: Path, heard: list[object]) -> Iterator[Flask]:
    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path}/kernel.db"
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        set_hearer(db.engine, heard.extend)
        Thing.__table__.create(db.engine)  # type: ignore[attr-defined]
        yield app
        db.session.remove()
        db.engine.dispose()


@transactional
def make(state: str = "new") -> Thing:
    thing = Thing(state=state)
    db.session.add(thing)
    db.session.flush()
    announce(("made", thing.id))
    return thing


@transactional
def make_two_then_fail() -> None:
    make()
    make()
    raise RuntimeError("the second half failed")


def count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Thing)) or 0


def test_facts_are_heard_after_the_commit_and_in_order(bare: Flask, heard: list[object]) -> None:
    first, second = make(), make()
    assert heard == [("made", first.id), ("made", second.id)]


def test_an_exception_rolls_back_nested_work_and_drops_its_facts(bare: Flask, heard: list[object]) -> None:
    with pytest.raises(RuntimeError):
        make_two_then_fail()
    assert count() == 0
    assert heard == []


def test_a_fact_without_a_transaction_is_refused(bare: Flask) -> None:
    with pytest.raises(RuntimeError):
        announce("nothing happened")


def test_a_naive_instant_never_reaches_the_database(bare: Flask) -> None:
    @transactional
    def write() -> None:
        db.session.add(Thing(at=datetime(2026, 1, 1)))  # noqa: DTZ001 - the mistake under test
        db.session.flush()

    with pytest.raises(sa.exc.StatementError):
        write()


def test_instants_come_back_aware_and_equal(bare: Flask) -> None:
    thing = make()
    at = thing.at
    db.session.expire_all()
    again = db.session.get(Thing, thing.id)
    assert again is not None
    assert again.at == at
    assert again.at.tzinfo is not None


def test_of_many_parallel_transitions_exactly_one_wins(bare: Flask) -> None:
    thing_id = make().id
    wins: list[bool] = []

    @transactional
    def move() -> bool:
        return transition(Thing, thing_id, "new", "moved")

    def run() -> None:
        with bare.app_context():
            wins.append(move())

    threads = [threading.Thread(target=run) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wins) == [False] * 15 + [True]


def test_parallel_writers_on_sqlite_wait_and_never_fail(bare: Flask) -> None:
    def run() -> None:
        with bare.app_context():
            for _ in range(25):
                make()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count() == 200


def test_one_that_fails_does_not_stop_the_others_and_leaves_nothing_behind(
    bare: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    @transactional
    def act(number: int) -> int:
        db.session.add(Thing(state=str(number)))
        db.session.flush()
        return 10 // number

    with bare.app_context():
        assert one_by_one([0, 1, 2], act, "thing") == [10, 5]
    assert count() == 2
    assert "thing 0 failed" in caplog.text


def test_doing_one_by_one_is_refused_inside_a_transaction(bare: Flask) -> None:
    @transactional
    def all_or_nothing() -> None:
        one_by_one([1], str, "thing")

    with bare.app_context(), pytest.raises(RuntimeError, match="one_by_one"):
        all_or_nothing()


@pytest.fixture
def elsewhere(bare: Flask, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another process' connection, in the middle of writing."""
    other = sqlite3.connect(tmp_path / "kernel.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


def test_waiting_for_a_writer_of_another_process_lets_this_one_go_on(
    elsewhere: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    went_on: list[float] = []

    def sleep(seconds: float) -> None:
        went_on.append(seconds)
        if len(went_on) == 3:
            elsewhere.execute("COMMIT")

    monkeypatch.setattr(time, "sleep", sleep)
    make()
    assert len(went_on) == 3


def test_a_writer_of_another_process_is_not_waited_for_for_ever(
    elsewhere: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0)
    with pytest.raises(sa.exc.OperationalError, match="locked"):
        make()
    elsewhere.execute("COMMIT")
    make()


def test_connections_that_died_while_they_rested_are_made_anew(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "PING_AFTER_SECONDS", 0.0)
    engine = sa.create_engine(postgres_server.fresh("resting"))
    prepare_engine(engine)
    mine = sa.text("SELECT pg_backend_pid()")
    with engine.connect() as one, engine.connect() as other:
        before = {one.scalar(mine), other.scalar(mine)}
    killer = sa.create_engine(engine.url, poolclass=sa.NullPool)
    with killer.connect() as connection:
        for pid in before:
            connection.execute(sa.text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    with engine.connect() as one, engine.connect() as other:
        assert not before & {one.scalar(mine), other.scalar(mine)}
    engine.dispose()
