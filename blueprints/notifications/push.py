"""Facts on their way to open pages: new notifications, read ones, sign-ins that ended."""

from blueprints.notifications.payload import notification_payload
from peerlearn.accounts import queries as accounts
from peerlearn.accounts.facts import SignInsEnded, UserBanned
from peerlearn.notifications import queries
from peerlearn.notifications.facts import NotificationCreated, NotificationsRead
from peerlearn.ports import Ports


def push_notification(ports: Ports, fact: NotificationCreated) -> None:
    """Show a new notification on every open page of its person, with the unread count."""
    row = queries.notification_by_id(fact.notification_id)
    if row is None:
        return
    people = accounts.users_by_ids({row.user_id, row.person_id or row.user_id})
    payload = notification_payload(row, people.get(row.person_id) if row.person_id else None)
    payload["unread"] = queries.unread_count(row.user_id)
    ports.bus.emit("notification_created", payload, room=f"user:{people[row.user_id].public_id}")


def push_read(ports: Ports, fact: NotificationsRead) -> None:
    """Tell the other open pages of a person how many notifications are left unread."""
    user = accounts.user_by_id(fact.user_id)
    if user is not None:
        ports.bus.emit("notifications_read", {"unread": queries.unread_count(user.id)}, room=f"user:{user.public_id}")


def cut_sockets(ports: Ports, fact: UserBanned | SignInsEnded) -> None:
    """Cut every socket of a person whose sign-ins ended."""
    user = accounts.user_by_id(fact.user_id)
    if user is not None:
        ports.bus.disconnect_user(user.public_id)
