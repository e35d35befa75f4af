"""Telling people: rows in the bell and letters in the outbox, written in the transaction of what they tell."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from peerlearn.clock import now
from peerlearn.kernel import Base, announce, db, transactional
from peerlearn.notifications.facts import MailWanted, NotificationCreated, NotificationsRead
from peerlearn.notifications.models import Notification, OutgoingMail

Row = TypeVar("Row", bound=Base)

MAIL_TRIES = 8
MAIL_CLAIM = timedelta(minutes=2)  # longer than any SMTP conversation: two workers never send one letter at once


@transactional
def notify(
    user_id: int,
    kind: str,
    title: str,
    body: str = "",
    url: str = "",
    actions: Sequence[Mapping[str, str]] = (),
    person_id: int | None = None,
    dedupe_key: str | None = None,
) -> Notification | None:
    """Put one line into a person's bell and announce it. Call it inside the service that did what it tells.

    `actions` are {label, method, url, style}: the likely one last. `person_id` is whose face stands beside it.
    The same `dedupe_key` is told once, ever; a repeat returns None and changes nothing.
    """
    row = _insert_once(
        Notification,
        dedupe_key,
        user_id=user_id,
        kind=kind,
        title=title[:160],
        body=body[:400],
        url=url,
        actions=[dict(action) for action in actions],
        person_id=person_id,
    )
    if row is not None:
        announce(NotificationCreated(row.id))
    return row


@transactional
def mail_want(
    to: str,
    subject: str,
    template: str,
    context: Mapping[str, Any] | None = None,
    due_at: datetime | None = None,
    dedupe_key: str | None = None,
    locale: str = "en",
) -> OutgoingMail | None:
    """Put a letter into the outbox: `templates/email/<template>.html` and `.txt`, filled with `context` (JSON-able).

    It leaves at `due_at` (at once by default). The same `dedupe_key` is written once, ever; a repeat returns None.
    """
    row = _insert_once(
        OutgoingMail,
        dedupe_key,
        to=to,
        subject=" ".join(subject.split())[:200],
        template=template,
        context=dict(context or {}),
        due_at=due_at or now(),
        locale=locale,
    )
    if row is not None and row.due_at <= now():
        announce(MailWanted(row.id))
    return row


@transactional
def notifications_read(user_id: int, public_ids: Iterable[str] | None = None) -> int:
    """Mark a person's notifications as read (all of them where no ids are given); return how many were unread."""
    statement = sa.update(Notification).where(Notification.user_id == user_id, Notification.read_at.is_(None))
    if public_ids is not None:
        statement = statement.where(Notification.public_id.in_(list(public_ids)))
    changed: int = db.session.execute(statement.values(read_at=now())).rowcount  # type: ignore[attr-defined]
    if changed:
        announce(NotificationsRead(user_id))
    return changed


@transactional
def mail_claim(mail_id: int) -> OutgoingMail | None:
    """Take one due letter to send it; None where it is sent, not due, given up, or in another worker's hands.

    The claim moves `due_at` on (2 minutes, then 4, 8 ... up to 4 hours), so that a worker that dies while sending
    only delays the letter.
    """
    at = now()
    attempts = db.session.scalar(sa.select(OutgoingMail.attempts).where(OutgoingMail.id == mail_id))
    if attempts is None:
        return None
    pause = min(MAIL_CLAIM * 2**attempts, timedelta(hours=4))
    taken: int = db.session.execute(  # type: ignore[attr-defined]
        sa.update(OutgoingMail)
        .where(
            OutgoingMail.id == mail_id,
            OutgoingMail.sent_at.is_(None),
            OutgoingMail.due_at <= at,
            OutgoingMail.attempts == attempts,
            OutgoingMail.attempts < MAIL_TRIES,
        )
        .values(attempts=attempts + 1, due_at=at + pause)
    ).rowcount
    return db.session.get(OutgoingMail, mail_id, populate_existing=True) if taken else None


@transactional
def mail_sent(mail_id: int) -> None:
    """Write down that a letter left."""
    db.session.execute(sa.update(OutgoingMail).where(OutgoingMail.id == mail_id).values(sent_at=now(), problem=""))


@transactional
def mail_failed(mail_id: int, problem: str) -> None:
    """Write down why a letter did not leave this time; its next try is already due later."""
    db.session.execute(sa.update(OutgoingMail).where(OutgoingMail.id == mail_id).values(problem=problem[:300]))


def _insert_once(model: type[Row], dedupe_key: str | None, **values: Any) -> Row | None:
    """Insert a row unless its key was used before. The unique constraint decides races, inside a savepoint."""
    key_column: Any = getattr(model, "dedupe_key")  # noqa: B009 - both models have it; the bound type does not say so
    if dedupe_key is not None and db.session.scalar(sa.select(model).where(key_column == dedupe_key)) is not None:
        return None
    row = model(dedupe_key=dedupe_key, **values)
    if dedupe_key is None:
        db.session.add(row)
        db.session.flush()
        return row
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        if db.session.scalar(sa.select(model).where(key_column == dedupe_key)) is None:
            raise  # not our key: a real mistake of the caller
        return None
    return row
