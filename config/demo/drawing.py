"""What stood on the board of one lesson: the area under x², drawn and talked through, so that a recap has something to play."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from peerlearn.kernel import db, transactional
from peerlearn.live.board import parse_operation
from peerlearn.live.models import JournalEntry, JournalHead
from peerlearn.sessions.models import LiveSession

MENTOR, LEARNER = "mentor", "learner"
INK, INDIGO, ROSE = 0, 1, 2
LEFT, FLOOR = 700, 4600  # the origin of the drawn axes, in tenths of a pixel
ACROSS, UP = 1250, 820  # one unit of x and of y


def _stroke(name: str, color: int, width: int, path: list[tuple[float, float]]) -> dict[str, Any]:
    points = [number for x, y in path for number in (round(x), round(y), 55)]
    return {"do": "stroke", "id": name, "page": 0, "color": color, "width": width, "points": points}


def _on_curve(x: float) -> tuple[float, float]:
    return LEFT + x * ACROSS, FLOOR - x * x * UP


def _text(name: str, color: int, size: int, at: tuple[int, int], text: str) -> dict[str, Any]:
    return {"do": "text", "id": name, "page": 0, "color": color, "size": size, "at": list(at), "text": text}


def _slice(number: int) -> dict[str, Any]:
    x = 0.25 * number
    return _stroke(f"slice{number}", INDIGO, 12, [(LEFT + x * ACROSS, FLOOR - 10), _on_curve(x)])


# (who, after how many minutes, drawing step or said sentence)
SCRIPT: tuple[tuple[str, float, dict[str, Any] | str], ...] = (
    (MENTOR, 2, _stroke("across", INK, 24, [(LEFT - 300, FLOOR), (LEFT + 2.6 * ACROSS, FLOOR)])),
    (MENTOR, 2.2, _stroke("up", INK, 24, [(LEFT, FLOOR + 300), (LEFT, FLOOR - 4.4 * UP)])),
    (MENTOR, 4, _stroke("curve", INDIGO, 30, [_on_curve(step / 12) for step in range(26)])),
    (MENTOR, 4.5, _text("name", INDIGO, 320, (LEFT + 900, FLOOR - 2900), "y = x²")),
    (LEARNER, 8, "So the area is just the height times 2?"),
    (LEARNER, 9, _text("guess", ROSE, 260, (LEFT + 2300, FLOOR - 900), "4 × 2 = 8?")),
    (MENTOR, 12, "Look how much of that box lies above the curve. Let us cut."),
    *((MENTOR, 14 + number * 0.7, _slice(number)) for number in range(1, 9)),
    (MENTOR, 21, "A slice is x² tall and dx wide."),
    (LEARNER, 24, "And we add all of them, so thin that the corners stop mattering."),
    (MENTOR, 27, _text("sum", INK, 320, (LEFT + 200, 500), "∫ x² dx = x³ / 3")),
    (LEARNER, 35, _text("value", ROSE, 300, (LEFT + 200, 950), "8 / 3, not 8")),
    (MENTOR, 36, "Exactly. Before next time: the area under x³ from 0 to 1."),
)


@transactional
def drawing_load(mentor_id: int, learner_id: int) -> int:
    """Write the script into the newest finished lesson of these two, unless a log is there; return the steps written."""
    lesson = db.session.scalar(
        sa.select(LiveSession)
        .where(
            LiveSession.mentor_id == mentor_id, LiveSession.learner_id == learner_id, LiveSession.state == "completed"
        )
        .order_by(LiveSession.starts_at.desc())
        .limit(1)
    )
    if lesson is None or db.session.get(JournalHead, lesson.id) is not None:
        return 0
    people = {MENTOR: mentor_id, LEARNER: learner_id}
    db.session.add(JournalHead(live_session_id=lesson.id, seq=len(SCRIPT)))
    for seq, (who, minutes, step) in enumerate(SCRIPT, start=1):
        said = isinstance(step, str)
        db.session.add(
            JournalEntry(
                live_session_id=lesson.id,
                seq=seq,
                author_id=people[who],
                client_id=f"demo{seq}",
                kind="chat" if said else "board",
                payload={"text": step} if said else parse_operation(step),
                at=lesson.starts_at + timedelta(minutes=minutes),
            )
        )
    return len(SCRIPT)
