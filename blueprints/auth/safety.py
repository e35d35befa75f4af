"""Two guards of the sign-in pages: where we may send people, and how often a form may be tried."""

import logging
from urllib.parse import urlsplit

from flask import request
from limits import parse
from limits.errors import StorageError
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from blueprints.extensions import limiter

log = logging.getLogger(__name__)

_counted_here = FixedWindowRateLimiter(MemoryStorage())

SIGN_IN_PER_PERSON = "8 per 10 minutes"  # one address from one place: wrong passwords stop here
SIGN_IN_PER_PLACE = "60 per 10 minutes"  # a school behind one address still gets in
SIGN_UP_PER_PLACE = "20 per hour"
RESET_PER_PERSON = "3 per hour"


def safe_next(target: str | None) -> str | None:
    """Return a path of this site to go on to, or None: never another site, never a sign-in page again.

    Browsers read `\\` as `/` and drop control characters, so both are refused.
    """
    if not target or len(target) > 500 or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if "\\" in target or any(ord(char) < 33 or ord(char) == 127 for char in target):
        return None
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or parts.path in {"/sign-in", "/sign-out", "/start"}:
        return None
    return target


def may_try(limit: str, *key: str) -> bool:
    """Count one try and say whether it is within the limit. The person's address is part of the key: nobody can lock
    somebody else out from afar. Where the common count can't be reached, this process counts for itself."""
    if not limiter.enabled:
        return True
    wanted, place = parse(limit), request.remote_addr or ""
    try:
        return limiter.limiter.hit(wanted, *key, place)
    except StorageError:
        log.warning("the count of tries can't be reached, counting here")
        return _counted_here.hit(wanted, *key, place)
