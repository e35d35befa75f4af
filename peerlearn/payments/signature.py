"""HMAC signatures of the gateway, checked over raw bytes and in constant time. Pure."""

import hashlib
import hmac
from collections.abc import Iterable


def sign(message: bytes, secret: str) -> str:
    """HMAC-SHA256 as lower-case hex."""
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def signed_by_any(raw: bytes, signature: str | None, secrets: Iterable[str]) -> bool:
    """Whether one of the secrets (the current, the previous) made this signature over these bytes.

    No secret at all means refuse, never accept. A missing or garbled header is a wrong signature, not an error.
    """
    given = (signature or "").encode("utf-8", "replace")
    # Every secret is tried, so that the time taken tells nothing about which one matched.
    matches = [hmac.compare_digest(sign(raw, secret).encode(), given) for secret in secrets if secret]
    return any(matches)
