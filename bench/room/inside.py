"""Runs inside the application's own environment: makes people and lessons, and reads back what the log holds.

`python -m bench.room.inside cast ROOMS FILE` writes people, lessons and their sign-in cookies to the database and to FILE.
`python -m bench.room.inside check KEPT` compares the log with the marks whose acknowledgement arrived.
"""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, session
from sqlalchemy import insert, select

from bench.room.messages import operations
from blueprints.auth.identity import sign_person_in
from config.app import create_app
from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.kernel import db, transactional
from peerlearn.live.models import JournalEntry
from peerlearn.sessions.models import LiveSession

LESSON = timedelta(hours=2)
MARK = "bn_"


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
    """Make the people and write their rooms and cookies."""
    with app.app_context():
        made = cast(rooms)
        users = {user.id: user for user in db.session.scalars(select(User).where(User.email.endswith("@bench.test")))}
        for room in made:
            room["cookies"] = [cookie_of(app, users[person]) for person in room.pop("people")]
    file.write_text(json.dumps(made), encoding="utf-8")


def compare(app: Flask, kept: Path) -> dict[str, int]:
    """Hold the log against the acknowledged marks: what is missing, doubled, different, or has a gap in its numbers."""
    wanted = [tuple(line.split()) for line in kept.read_text(encoding="ascii").splitlines()]
    strokes = operations()
    with app.app_context():
        statement = select(LiveSession.public_id, JournalEntry).join(
            JournalEntry, JournalEntry.live_session_id == LiveSession.id
        )
        rows = list(db.session.execute(statement).tuples())
    written = {(token, entry.client_id): entry for token, entry in rows}
    different = 0
    for key in wanted:
        entry = written.get(key)
        if entry is not None:
            mark = key[1].removeprefix(MARK)
            stroke = strokes[(int(mark[:6], 16) - 1) % len(strokes)]
            different += entry.payload != {**stroke, "id": mark}
    numbers: dict[str, list[int]] = {}
    for token, entry in rows:
        numbers.setdefault(token, []).append(entry.seq)
    return {
        "acknowledged": len(wanted),
        "rows": len(rows),
        "missing": sum(key not in written for key in wanted),
        "doubled": len(rows) - len(written) + sum(n - 1 for n in Counter(wanted).values()),
        "different": different,
        "gaps": sum(sorted(seqs) != list(range(1, len(seqs) + 1)) for seqs in numbers.values()),
    }


def main(words: Sequence[str]) -> None:
    """One of the two commands."""
    app = create_app()
    if words[0] == "cast":
        write_cast(app, int(words[1]), Path(words[2]))
    else:
        print(json.dumps(compare(app, Path(words[1]))))


if __name__ == "__main__":
    main(sys.argv[1:])
