"""Password hashing with Argon2id. Pure functions; the caller decides on which thread they run."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, 2 passes, 1 lane. Twenty sign-ins at once stay under 400 MB.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

MINIMUM_LENGTH = 8
MAXIMUM_LENGTH = 256  # a longer one is a way to make us work, not a way to be safer

# The hash of nobody's password: an unknown e-mail address costs as much time as a wrong password.
_nobody = _hasher.hash("no account has this password")

_COMMON = frozenset(
    (
        "password", "12345678", "123456789", "1234567890", "qwertyui", "qwertyuiop", "password1", "password123",
        "iloveyou", "11111111", "00000000", "abcd1234", "abc12345", "1q2w3e4r", "87654321", "sunshine", "princess",
        "football", "welcome1", "india123", "admin123", "letmein1",
    )
)  # fmt: skip


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password, salt and parameters inside (about 20 ms of CPU)."""
    return _hasher.hash(password)


def check_password(stored: str | None, password: str) -> tuple[bool, str | None]:
    """Compare a password with a stored hash in constant time; None stands for an unknown account.

    Returns (matches, new hash). The new hash is given where the right password was stored with older parameters.
    """
    try:
        matches = _hasher.verify(stored or _nobody, password)
    except (VerificationError, InvalidHashError):
        return False, None
    if stored is None:
        return False, None
    return matches, _hasher.hash(password) if _hasher.check_needs_rehash(stored) else None


def password_problem(password: str, *, email: str = "", name: str = "") -> str | None:
    """Return the code of what is wrong with a new password: short, long, common, personal; or None."""
    if len(password) < MINIMUM_LENGTH:
        return "short"
    if len(password) > MAXIMUM_LENGTH:
        return "long"
    lowered = password.lower()
    if lowered in _COMMON or len(set(password)) < 3:
        return "common"
    own = {email.lower(), email.lower().split("@", 1)[0], name.lower()} - {""}
    if lowered in own:
        return "personal"
    return None
