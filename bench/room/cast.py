"""`python -m bench.room.cast ROOMS FILE`: makes the tables, people and running lessons, and writes their sign-in cookies to FILE."""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask, session
from sqlalchemy import insert, select

from blueprints.auth.identity import sign_person_in
from config.app import create_app
from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.kernel import db, transactional
from peerlearn.sessions.models import LiveSession

LESSON = timedelta(hours=2)


@transactional
def cast(rooms: int) -> list[dict[str, Any]]:
    """Two people and a running lesson for each room."""
    begun = now() - timedelta(minutes=5)
    people = [
        {
            "email": f"{side}{room}@bench.test", "password_hash": "nobody signs in with it", "wizard_done": True,
            "name": f"{side.title()} {room}", "is_mentor": side == "mentor",
        }
        for room in range(rooms)
        for side in ("mentor", "learner")
    ]  # fmt: skip
    db.session.execute(insert(User), people)
    ids = dict(db.session.execute(select(User.email, User.id).where(User.email.endswith("@bench.test"))).tuples().all())
    lessons = [
        {
            "mentor_id": ids[f"mentor{room}@bench.test"], "learner_id": ids[f"learner{room}@bench.test"], "kind": "private",
            "title": "Integrals, from the picture up", "starts_at": begun, "ends_at": begun + LESSON, "price_paise": 0,
            "fee_percent": 15, "gst_percent": 18, "state": "live", "started_at": begun, "confirmed_at": begun,
        }
        for room in range(rooms)
    ]  # fmt: skip
    db.session.execute(insert(LiveSession), lessons)
    return [
        {"token": row.public_id, "people": (row.mentor_id, row.learner_id)}
        for row in db.session.scalars(select(LiveSession).order_by(LiveSession.id))
    ]


def cookie_of(app: Flask, user: User) -> str:
    """The cookie that a browser holds after signing in, made by the application's own code."""
    with app.test_request_context("/"):
        sign_person_in(user)
        signer = app.session_interface.get_signing_serializer(app)
        return f"session={signer.dumps(dict(session))}"


def write_cast(app: Flask, rooms: int, file: Path) -> None:
    """Make the tables and the people, and write their rooms and cookies."""
    with app.app_context():
        flask_migrate.upgrade()
        made = cast(rooms)
        users = {user.id: user for user in db.session.scalars(select(User).where(User.email.endswith("@bench.test")))}
        for room in made:
            room["cookies"] = [cookie_of(app, users[person]) for person in room.pop("people")]
    file.write_text(json.dumps(made), encoding="utf-8")


if __name__ == "__main__":
    write_cast(create_app(), int(sys.argv[1]), Path(sys.argv[2]))
