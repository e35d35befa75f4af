"""How a browser is a person: the sign-in key in the cookie, checked against the database on every request and event."""

from flask import session
from flask_login import login_user, logout_user

from blueprints.extensions import login_manager
from blueprints.viewing import seen_as
from peerlearn.accounts import queries
from peerlearn.accounts.models import User

login_manager.session_protection = None  # the key carries an epoch; phones change their address all day


@login_manager.user_loader
def load_person(key: str) -> User | None:
    """The person of a sign-in key, unless they were banned or the sign-in was ended since.

    Where an administrator looks at somebody's pages, that somebody (`blueprints.viewing`).
    """
    me = queries.user_of_sign_in(key)
    return seen_as(me) if me is not None else None


def sign_person_in(user: User) -> None:
    """Start a sign-in in this browser: everything of an earlier one goes, the cookie lives 30 days from the last visit."""
    session.clear()
    session.permanent = True
    login_user(user)


def sign_person_out() -> None:
    """End the sign-in of this browser."""
    logout_user()
    session.clear()
