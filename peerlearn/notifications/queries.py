"""Reading the bell and the outbox."""

from datetime import timedelta

import sqlalchemy as sa

from peerlearn.clock import now
from peerlearn.kernel import db
from peerlearn.notifications.models import Notification, OutgoingMail
from peerlearn.notifications.service import MAIL_TRIES

PAGE = 50
KEEP_UNREAD = timedelta(days=60)


def unread_count(user_id: int) -> int:
    """How many notifications a person has not read (capped by age: two months)."""
    statement = sa.select(sa.func.count(Notification.id)).where(
        Notification.user_id == user_id,
        Notification.read_at.is_(None),
        Notification.created_at > now() - KEEP_UNREAD,
    )
    return db.session.scalar(statement) or 0


def notifications_for(user_id: int, *, after_id: int | None = None, limit: int = PAGE) -> list[Notification]:
    """A person's notifications: newest first, or, with `after_id`, those that came after it, oldest first."""
    statement = sa.select(Notification).where(Notification.user_id == user_id).limit(limit)
    if after_id is None:
        statement = statement.order_by(Notification.id.desc())
    else:
        statement = statement.where(Notification.id > after_id).order_by(Notification.id)
    return list(db.session.scalars(statement))


def notification_id_of(user_id: int, public_id: str) -> int | None:
    """The row id of a person's notification, from its public id; None where it is not theirs."""
    return db.session.scalar(
        sa.select(Notification.id).where(Notification.user_id == user_id, Notification.public_id == public_id)
    )


def notification_by_id(notification_id: int) -> Notification | None:
    """One notification."""
    return db.session.get(Notification, notification_id)


def mail_due(limit: int = 50) -> list[int]:
    """Ids of letters that should leave now, oldest first."""
    return list(
        db.session.scalars(
            sa.select(OutgoingMail.id)
            .where(OutgoingMail.sent_at.is_(None), OutgoingMail.due_at <= now(), OutgoingMail.attempts < MAIL_TRIES)
            .order_by(OutgoingMail.due_at)
            .limit(limit)
        )
    )
