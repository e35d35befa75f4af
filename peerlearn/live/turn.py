"""How two browsers find a way to each other: STUN, and TURN with short-lived credentials.

The credential is the one of the TURN REST scheme (draft-uberti-behave-turn-rest): the username is the second at which it
ends, a colon and who asked; the password is base64(HMAC-SHA1(shared secret, username)). coturn checks it with
`use-auth-secret` and no table of users.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class TurnCredential:
    """A name and password that end by themselves at `ends_at` (aware UTC)."""

    username: str
    password: str
    ends_at: datetime


def turn_credential(*, secret: str, person: str, at: datetime, ttl_seconds: int) -> TurnCredential:
    """Make the credential for `person` (a public id), good for `ttl_seconds` from `at`."""
    ends_at = at + timedelta(seconds=ttl_seconds)
    username = f"{int(ends_at.timestamp())}:{person}"
    # SHA-1 is fixed by the TURN REST scheme; as a keyed MAC it is sound.
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return TurnCredential(username, base64.b64encode(digest).decode(), ends_at)


def ice_servers(
    *,
    stun_urls: Sequence[str],
    turn_urls: Sequence[str],
    turn_secret: str | None,
    person: str,
    at: datetime,
    ttl_seconds: int,
) -> list[dict[str, Any]]:
    """Return the browser's `iceServers`. Without a TURN secret only STUN is offered; without both the list is empty."""
    servers: list[dict[str, Any]] = []
    if stun_urls:
        servers.append({"urls": list(stun_urls)})
    if turn_urls and turn_secret:
        credential = turn_credential(secret=turn_secret, person=person, at=at, ttl_seconds=ttl_seconds)
        servers.append({"urls": list(turn_urls), "username": credential.username, "credential": credential.password})
    return servers
