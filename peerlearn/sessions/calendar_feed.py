"""A person's lessons for a calendar app, behind an address that nobody can guess and its owner can end."""

import secrets
from datetime import timedelta

import sqlalchemy as sa

from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.kernel import db, transactional
from peerlearn.sessions.calendar_models import CalendarFeed
from peerlearn.sessions.lifecycle import State
from peerlearn.sessions.models import LiveSession

TOKEN_BYTES = 32
LOOKS_BACK = timedelta(days=90)
FEED_MOST = 500


@transactional
def feed_make(user_id: int) -> str:
    """Give a person a new private address and return its token; the one before is dead at once."""
    db.session.execute(sa.select(User.id).where(User.id == user_id).with_for_update(key_share=True))
    db.session.execute(sa.delete(CalendarFeed).where(CalendarFeed.user_id == user_id))
    feed = CalendarFeed(user_id=user_id, token=secrets.token_urlsafe(TOKEN_BYTES))
    db.session.add(feed)
    db.session.flush()
    return feed.token


@transactional
def feed_end(user_id: int) -> None:
    """Take a person's private address away. Calendars that know it get nothing more."""
    db.session.execute(sa.delete(CalendarFeed).where(CalendarFeed.user_id == user_id))


def feed_token_of(user_id: int) -> str | None:
    """Return the token of a person's private address, or None where they have none."""
    return db.session.scalar(sa.select(CalendarFeed.token).where(CalendarFeed.user_id == user_id))


def feed_owner(token: str) -> User | None:
    """Return whose address this is, or None. A closed account's address is dead."""
    return db.session.scalar(
        sa.select(User)
        .join(CalendarFeed, CalendarFeed.user_id == User.id)
        .where(CalendarFeed.token == token, User.state == "active")
    )


def feed_lessons(user_id: int) -> list[LiveSession]:
    """Return the lessons that belong into a person's calendar, on either side, soonest first.

    What is agreed and what took place in the last three months; a cancelled lesson is left out, so it goes away.
    """
    return list(
        db.session.scalars(
            sa.select(LiveSession)
            .where(
                sa.or_(LiveSession.mentor_id == user_id, LiveSession.learner_id == user_id),
                LiveSession.state.in_([State.CONFIRMED, State.LIVE, State.COMPLETED]),
                LiveSession.ends_at > now() - LOOKS_BACK,
            )
            .order_by(LiveSession.starts_at, LiveSession.id)
            .limit(FEED_MOST)
        )
    )
