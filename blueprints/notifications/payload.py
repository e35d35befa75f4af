"""The shape in which a browser gets a notification: the same over sockets and HTTP."""

from typing import Any

from peerlearn.accounts import queries as accounts
from peerlearn.accounts.models import User
from peerlearn.notifications.models import Notification


def portrait_url(person: User) -> str:
    """The address of a person's face. A plain path: the worker has no request to build URLs from."""
    return f"/portrait/{person.public_id}.svg"


def notification_payload(row: Notification, person: User | None) -> dict[str, Any]:
    """One notification as {id, kind, title, body, url, actions, person, at, read}."""
    return {
        "id": row.public_id,
        "kind": row.kind,
        "title": row.title,
        "body": row.body,
        "url": row.url,
        "actions": row.actions,
        "person": {"name": person.name, "portrait_url": portrait_url(person), "public_id": person.public_id}
        if person is not None
        else None,
        "at": row.created_at.isoformat(),
        "read": row.read_at is not None,
    }


def notification_payloads(rows: list[Notification]) -> list[dict[str, Any]]:
    """Many notifications, their people fetched at once."""
    people = accounts.users_by_ids(row.person_id for row in rows if row.person_id is not None)
    return [notification_payload(row, people.get(row.person_id or 0)) for row in rows]
