"""What happened to notifications. Ids only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NotificationCreated:
    """A new line stands in somebody's bell."""

    notification_id: int


@dataclass(frozen=True)
class NotificationsRead:
    """Somebody read some of their notifications; their other open pages must hear it."""

    user_id: int


@dataclass(frozen=True)
class MailWanted:
    """A letter waits to be sent."""

    mail_id: int
