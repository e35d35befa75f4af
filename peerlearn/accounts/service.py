"""Writing about people: accounts, sign-in checks, bans. Profiles, drafts and presence have their own files.

Hashing takes real CPU time, so it happens before or after the transaction, through `offload`.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from sqlalchemy.exc import IntegrityError

from peerlearn.accounts.facts import SignInsEnded, UserBanned
from peerlearn.accounts.models import ACTIVE, BANNED, User
from peerlearn.accounts.passwords import check_password, hash_password, password_problem
from peerlearn.accounts.ports import Offload, call_here
from peerlearn.accounts.presence_service import presence_leave, presence_of, presence_touch, rings_set
from peerlearn.accounts.profiles import (
    block_add,
    block_remove,
    draft_drop,
    draft_for,
    draft_save,
    drafts_clean,
    interest_forget,
    learner_profile_save,
    wizard_finish,
)
from peerlearn.accounts.zones import present_zone
from peerlearn.errors import Conflict, Invalid, Missing, NotAllowed
from peerlearn.kernel import announce, db, transactional

__all__ = [
    "account_check",
    "account_create",
    "account_update",
    "block_add",
    "block_remove",
    "clean_email",
    "draft_drop",
    "draft_for",
    "draft_save",
    "drafts_clean",
    "interest_forget",
    "learner_profile_save",
    "mentor_role_set",
    "password_set",
    "presence_leave",
    "presence_of",
    "presence_touch",
    "rings_set",
    "sign_ins_end",
    "user_ban",
    "user_unban",
    "wizard_finish",
]

LOCALES = ("en", "hi")

_PASSWORD_SENTENCES = {
    "short": "Use at least 8 characters. A short sentence works well.",
    "long": "That is longer than we can keep. Use at most 256 characters.",
    "common": "Many people use this password, so it is guessed first. Choose another.",
    "personal": "Your password must not be your name or e-mail. Choose another.",
}


def clean_email(email: str) -> str:
    """Return an e-mail address in the one form we keep: normalised, lower-case. Raises Invalid."""
    try:
        found = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Invalid("Check the e-mail address, for example name@example.com.", code="email", field="email") from error
    return found.normalized.lower()


def account_create(
    email: str,
    password: str,
    name: str,
    time_zone: str = "Asia/Kolkata",
    *,
    locale: str = "en",
    portrait: dict[str, Any] | None = None,
    offload: Offload = call_here,
) -> User:
    """Open an account and return it.

    Raises Invalid (with `field`) for what was typed wrong, and Conflict("email_taken") where the address, in any
    case, has an account already. An unknown zone falls back to Asia/Kolkata; the wizard asks.
    """
    address = clean_email(email)
    shown = " ".join(name.split())
    if not shown:
        raise Invalid("Tell us what to call you.", code="name", field="name")
    if len(shown) > 80:
        raise Invalid("Use at most 80 characters for your name.", code="name", field="name")
    require_good_password(password, email=address, name=shown)
    zone = present_zone(time_zone) or "Asia/Kolkata"
    hashed = offload(hash_password, password)
    return _account_insert(address, hashed, shown, zone, locale if locale in LOCALES else "en", portrait or {})


def require_good_password(password: str, *, email: str, name: str) -> None:
    """Raise Invalid with a sentence where a new password is not good enough."""
    problem = password_problem(password, email=email, name=name)
    if problem is not None:
        raise Invalid(_PASSWORD_SENTENCES[problem], code=f"password_{problem}", field="password")


@transactional
def _account_insert(
    email: str, password_hash: str, name: str, zone: str, locale: str, portrait: dict[str, Any]
) -> User:
    user = User(email=email, password_hash=password_hash, name=name, time_zone=zone, locale=locale, portrait=portrait)
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError as error:
        raise Conflict(
            "This e-mail already has an account. Sign in instead.", code="email_taken", field="email"
        ) from error
    return user


def account_check(email: str, password: str, *, offload: Offload = call_here) -> User | None:
    """Return the person whose e-mail and password these are, or None.

    An unknown address costs as much time as a wrong password. Raises NotAllowed("banned") with the reason, but only
    to somebody who knows the password.
    """
    try:
        address = clean_email(email)
    except Invalid:
        address = ""
    user = db.session.scalar(sa.select(User).where(User.email == address))
    stored = user.password_hash if user is not None else None
    db.session.rollback()  # no read transaction stays open while another thread hashes
    matches, renewed = offload(check_password, stored, password[:1024])
    if not matches or user is None:
        return None
    if user.state == BANNED:
        raise NotAllowed(
            f"This account is closed. {user.state_reason} Write to us if you think this is wrong.", code="banned"
        )
    if renewed is not None:
        _hash_renew(user.id, renewed)
    return user


@transactional
def _hash_renew(user_id: int, password_hash: str) -> None:
    db.session.execute(sa.update(User).where(User.id == user_id).values(password_hash=password_hash))


def password_set(user_id: int, password: str, *, offload: Offload = call_here) -> User:
    """Give a person a new password and end all their sign-ins. Raises Invalid where it is not good enough."""
    user = _require_user(user_id)
    require_good_password(password, email=user.email, name=user.name)
    hashed = offload(hash_password, password)
    return _password_store(user_id, hashed)


@transactional
def _password_store(user_id: int, password_hash: str) -> User:
    user = _require_user(user_id)
    user.password_hash = password_hash
    sign_ins_end(user_id)
    return user


@transactional
def sign_ins_end(user_id: int) -> None:
    """End every sign-in of a person, in every browser, at once."""
    _epoch_move(user_id)
    announce(SignInsEnded(user_id))


@transactional
def account_update(
    user_id: int, *, name: str | None = None, time_zone: str | None = None, locale: str | None = None
) -> User:
    """Change what a person may change about themselves. Raises Invalid (with `field`)."""
    user = _require_user(user_id)
    if name is not None:
        shown = " ".join(name.split())
        if not 1 <= len(shown) <= 80:
            raise Invalid("Tell us what to call you, in at most 80 characters.", code="name", field="name")
        user.name = shown
    if time_zone is not None:
        zone = present_zone(time_zone)
        if zone is None:
            raise Invalid(
                "We do not know this time zone. Choose one from the list.", code="time_zone", field="time_zone"
            )
        user.time_zone = zone
    if locale is not None:
        if locale not in LOCALES:
            raise Invalid("Choose a language from the list.", code="locale", field="locale")
        user.locale = locale
    return user


@transactional
def mentor_role_set(user_id: int, on: bool) -> None:
    """Open or close the mentor's door for a person. The catalog does so when it approves or suspends."""
    user = _require_user(user_id)
    user.is_mentor = on


@transactional
def limit_set(user_id: int, until: datetime) -> None:
    """Limit what a person may book until then, and stop their rings. What "limited" means is for sessions to say."""
    _require_user(user_id).limited_until = until
    rings_set(user_id, False)


@transactional
def user_ban(user_id: int, actor_id: int, reason: str) -> User:
    """Close an account. All its sign-ins end with this commit; sockets are cut by the announced fact.

    Raises Invalid without a reason, NotAllowed for oneself or another administrator, Conflict where it is closed.
    """
    reason = reason.strip()
    if not reason:
        raise Invalid("Say why. The person will read it.", code="reason", field="reason")
    user = _require_user(user_id)
    if user.id == actor_id:
        raise NotAllowed("You cannot close your own account here.", code="self_ban")
    if user.is_admin:
        raise NotAllowed("An administrator cannot be banned. Take the role away first.", code="admin_ban")
    if user.state == BANNED:
        raise Conflict("This account is already closed.", code="already_banned")
    user.state = BANNED
    user.state_reason = reason[:500]
    _epoch_move(user.id)
    rings_set(user.id, False)
    announce(UserBanned(user.id))
    return user


@transactional
def user_unban(user_id: int) -> User:
    """Open a closed account again. Cancelled lessons do not come back. Raises Conflict where it is open."""
    user = _require_user(user_id)
    if user.state != BANNED:
        raise Conflict("This account is open.", code="not_banned")
    user.state = ACTIVE
    user.state_reason = ""
    return user


def _require_user(user_id: int) -> User:
    user = db.session.get(User, user_id)
    if user is None:
        raise Missing("We could not find this person.", code="user_missing")
    return user


def _epoch_move(user_id: int) -> None:
    """Raise the epoch in the database, so that two at once still move it, then refresh a loaded row."""
    db.session.flush()
    db.session.execute(
        sa.update(User)
        .where(User.id == user_id)
        .values(session_epoch=User.session_epoch + 1)
        .execution_options(synchronize_session=False)
    )
    user = db.session.get(User, user_id)
    if user is not None:
        db.session.refresh(user)
