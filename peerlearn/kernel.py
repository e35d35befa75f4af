"""The floor every capability stands on: the database handle, one transaction per service call, facts after commit."""

import functools
import json
import logging
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, ParamSpec, Protocol, TypeVar
from weakref import WeakKeyDictionary

import flask_sqlalchemy
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from peerlearn.engines import writing
from peerlearn.errors import PeerLearnError

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant. PostgreSQL keeps it as timestamptz, SQLite as text of fixed width that sorts as time."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Fixed-width text on SQLite, timestamptz elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.String(26))
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse naive datetimes: they are the bug this type exists for."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A naive datetime reached the database. Use peerlearn.clock.now().")
        value = value.astimezone(UTC)
        return value.strftime("%Y-%m-%dT%H:%M:%S.%f") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give back an aware UTC instant."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        return value.astimezone(UTC)  # type: ignore[no-any-return]


class Base(DeclarativeBase):
    """The declarative base of every table. Models derive from this class and name their `__tablename__`."""

    # The map stands on the registry: Flask-SQLAlchemy derives from this base, and a class-level one can't be inherited twice.
    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UtcDateTime()},
    )


db = flask_sqlalchemy.SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "autoflush": True})


def new_public_id() -> str:
    """Return an unguessable id for URLs and payloads: 16 URL-safe characters, 96 bits."""
    return secrets.token_urlsafe(12)


class PublicId:
    """Mixin: the id of a row that people may see."""

    public_id: Mapped[str] = mapped_column(sa.String(16), unique=True, default=new_public_id)


def json_column(**kwargs: Any) -> Mapped[Any]:
    """A column of JSON (text on both engines, so that both behave alike). Never null; default an empty object."""
    kwargs.setdefault("default", dict)
    return mapped_column(sa.JSON(none_as_null=True), **kwargs)


# --- transactions and facts -------------------------------------------------------------------------------------


class Deliver(Protocol):
    """Hands committed facts to their reactions. Installed by the composition root."""

    def __call__(self, facts: Sequence[object]) -> None:
        """Deliver the facts of one committed transaction, in order. Must not raise."""
        ...


class _Work:
    """One open unit of work: the facts announced in it, and the rows that were loaded by then."""

    def __init__(self) -> None:
        self.facts: list[object] = []
        self.loaded: list[Any] = []


_work: ContextVar[_Work | None] = ContextVar("peerlearn_work", default=None)
_keeps: ContextVar[bool] = ContextVar("peerlearn_keeps", default=True)

# SQLite has one writer. Those of this process queue here, on a lock that `wsgi.py` has made green; for those of other
# processes see `engines`. PostgreSQL does not take it.
_sqlite_writer = threading.RLock()


def _deliver_to_nobody(facts: Sequence[object]) -> None:
    """Until an application is built, facts have no hearers."""


# Each application has its own engine; the hearer of its facts is found by it.
_hearers: "WeakKeyDictionary[sa.Engine, Deliver]" = WeakKeyDictionary()


def set_hearer(engine: sa.Engine, deliver: Deliver) -> None:
    """Install the hearer of the facts committed on this engine. Called once by the composition root."""
    _hearers[engine] = deliver


def announce(fact: object) -> None:
    """Hold a fact until the open transaction commits; it is dropped if the transaction rolls back.

    Raises RuntimeError outside a transaction: a fact without a change is not a fact.
    """
    work = _work.get()
    if work is None:
        raise RuntimeError("announce() needs an open transaction")
    work.facts.append(fact)
    # The session forgets a row that nobody holds; held until the fact was heard, it need not be read again.
    work.loaded = list(db.session.identity_map.values())


def in_transaction() -> bool:
    """Whether a service function's transaction is open in this thread."""
    return _work.get() is not None


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Meanwhile every transaction of this thread ends by rolling back, and nobody hears of its facts: for only looking."""
    token = _keeps.set(False)
    try:
        yield
    finally:
        _keeps.reset(token)


def transactional(function: Callable[P, R]) -> Callable[P, R]:
    """Make a service function one transaction.

    A nested call joins the outer transaction. An exception rolls everything back and drops the announced facts.
    Nobody else in the house commits. On SQLite the transaction is BEGIN IMMEDIATE under one process-wide lock:
    nothing that can yield (network, sleep, emit) may run inside.
    """

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        if _work.get() is not None:
            return function(*args, **kwargs)
        session = db.session
        # Reads before this point may hold an old snapshot; a writer decides on what is true now.
        session.rollback()
        sqlite = db.engine.dialect.name == "sqlite"
        if sqlite:
            _sqlite_writer.acquire()
        work = _Work()
        work_token, writing_token = _work.set(work), writing.set(True)
        try:
            try:
                result = function(*args, **kwargs)
                if _keeps.get():
                    session.commit()
                else:
                    session.rollback()
                    work.facts.clear()
            except BaseException:
                session.rollback()
                raise
        finally:
            writing.reset(writing_token)
            _work.reset(work_token)
            if sqlite:
                _sqlite_writer.release()
        if work.facts:
            _hearers.get(db.engine, _deliver_to_nobody)(work.facts)
        return result

    return wrapper


def one_by_one(items: Iterable[T], act: Callable[[T], R], what: str) -> list[R]:
    """Do the same with each item, each in transactions of its own; return the results of those that worked.

    For work that is found by state: one item that always fails is logged and stays, and never keeps the ones behind it
    waiting. Raises RuntimeError inside a transaction, where a failure must undo everything.
    """
    if in_transaction():
        raise RuntimeError("one_by_one() can't be part of a transaction")
    done: list[R] = []
    for item in items:
        try:
            done.append(act(item))
        except Exception as error:
            db.session.rollback()
            if isinstance(error, PeerLearnError):
                log.warning("%s %s waits: %s", what, item, error.code)
            else:
                log.exception("%s %s failed", what, item)
    return done


def connection_release() -> None:
    """Give the connection of finished reads back before a wait (the network, another thread's transaction).

    The pool is small: as many waiting callers as it has connections would leave none for the one they wait for.
    Rows that were read are read again when they are next looked at. Inside a transaction this does nothing.
    """
    # Asking a scope for its session makes one: where nothing was read there is nothing to give back.
    if _work.get() is None and db.session.registry.has():
        db.session.rollback()


def transition(
    model: type[Base],
    row_id: int,
    expected: str | Iterable[str],
    new_state: str,
    *conditions: sa.ColumnElement[bool],
    column: str = "state",
    **values: Any,
) -> bool:
    """Move a row from one of the expected states to a new one in a single conditional UPDATE.

    Returns whether this call did it: the row count decides races, never a prior read. Further conditions are ANDed;
    `values` are set along with the state. Rows already loaded are refreshed.
    """
    states = [expected] if isinstance(expected, str) else list(expected)
    table: Any = model
    statement = (
        sa.update(table)
        .where(table.id == row_id, getattr(table, column).in_(states), *conditions)
        .values(**{column: new_state}, **values)
        .execution_options(synchronize_session=False)
    )
    changed: int = db.session.execute(statement).rowcount  # type: ignore[attr-defined]
    if changed:
        loaded = db.session.identity_map.get(sa.inspect(table).identity_key_from_primary_key((row_id,)))
        if loaded is not None:
            db.session.refresh(loaded)
    return changed == 1


def is_sqlite() -> bool:
    """Whether the application's database is SQLite."""
    return db.engine.dialect.name == "sqlite"


def attach_ddl(table: sa.Table, statements: Iterable[tuple[str, str]]) -> None:
    """Run extra DDL (triggers, exclusion constraints) after a table is made by `metadata.create_all`.

    `statements` are (dialect name, SQL). Migrations run the same texts.
    """
    for dialect, sql in statements:
        event.listen(
            table,
            "after_create",
            sa.DDL(sql.replace("%", "%%")).execute_if(dialect=dialect),  # type: ignore[no-untyped-call]
        )


def json_text(value: Any) -> str:
    """Serialise to compact JSON with sorted keys: equal values give equal texts."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
