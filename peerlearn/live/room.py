"""Who may be in a room and what they may do there. Pure: a lesson is described by its people, times and state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

from peerlearn.errors import Conflict, Missing, NotAllowed
from peerlearn.sessions.door import Door, door_at

Side = Literal["mentor", "learner"]
MENTOR: Final[Side] = "mentor"
LEARNER: Final[Side] = "learner"


class Lesson(Protocol):
    """What this module needs to know of a live session."""

    mentor_id: int
    learner_id: int | None
    starts_at: datetime
    ends_at: datetime
    state: str


@dataclass(frozen=True)
class Pass:
    """A person's way in: their side, and which part they take when both browsers speak at once."""

    side: Side
    polite: bool


def other_side(side: Side) -> Side:
    """The one across the board."""
    return LEARNER if side == MENTOR else MENTOR


def side_of(lesson: Lesson, user_id: int) -> Side | None:
    """Return the person's side, or None for a third person. A room has two seats and no others."""
    if user_id == lesson.mentor_id:
        return MENTOR
    return LEARNER if lesson.learner_id is not None and user_id == lesson.learner_id else None


def room_pass(lesson: Lesson, user_id: int, at: datetime, next_starts_at: datetime | None = None) -> Pass:
    """Let a person in at an instant, or say why not. The next lesson of either of the two closes the door.

    Raises Missing("room_missing") for a third person, who learns nothing; Conflict("door_early" | "room_ended") for members.
    The learner is the polite one, by who they are and not by who came first, so that both reloading at once changes nothing.
    """
    side = side_of(lesson, user_id)
    if side is None:
        raise Missing("There is no such lesson here.", code="room_missing")
    door = door_at(at, lesson.starts_at, lesson.ends_at, lesson.state, next_starts_at)
    if door is Door.EARLY:
        raise Conflict(
            "The door opens 10 minutes before the lesson. This page lets you in by itself.", code="door_early"
        )
    if door is Door.CLOSED:
        raise Conflict("This lesson is over. The board and the chat are kept in its recap.", code="room_ended")
    return Pass(side, polite=side == LEARNER)


def check_may_end(lesson: Lesson, user_id: int, at: datetime) -> None:
    """Who may end a lesson for both: either of the two once it is live; the mentor from the start time on.

    Raises NotAllowed("end_not_allowed"). Leaving is always free; ending is for both.
    """
    side = side_of(lesson, user_id)
    if side is None:
        raise Missing("There is no such lesson here.", code="room_missing")
    if lesson.state == "live" or (lesson.state == "confirmed" and side == MENTOR and at >= lesson.starts_at):
        return
    raise NotAllowed(
        "The lesson has not started, so it can't be ended. You can leave and come back.", code="end_not_allowed"
    )
