"""Who hears of a dispute, by bell and letter, once for each word of it; and the warning two days before its time."""

from typing import Any

import sqlalchemy as sa
from flask import Flask

from peerlearn.jobs.queue import JOBS, PERIODIC
from peerlearn.kernel import db
from peerlearn.notifications.models import Notification, OutgoingMail
from peerlearn.sessions.disputing import disputes_settle
from peerlearn.sessions.objecting import verdict_settle
from tests.peerlearn.sessions.people import mentor, person
from tests.peerlearn.sessions.test_cancelling import booked
from tests.peerlearn.sessions.test_disputing import dispute, taught


def bells(user_id: int | None) -> list[str]:
    rows = db.session.scalars(
        sa.select(Notification.title)
        .where(Notification.user_id == user_id, Notification.kind == "dispute")
        .order_by(Notification.id)
    )
    return list(rows)


def letters() -> list[str]:
    words = sa.or_(OutgoingMail.subject.contains("bank"), OutgoingMail.subject.contains("lost"))
    return list(db.session.scalars(sa.select(OutgoingMail.subject).where(words).order_by(OutgoingMail.id)))


def test_everybody_hears_of_a_dispute_and_admins_get_a_letter_and_a_warning(app: Flask, ports: Any, clock: Any) -> None:
    root = person("Root", admin=True)
    lesson = booked(mentor(), person())
    row = dispute(lesson, "open", clock)
    for _ in range(2):
        JOBS["tell_dispute"](ports, row.id)
        for name in ("tell_disputes", "remind_disputes"):
            PERIODIC[name].function(ports)
    assert bells(root) == ["A bank disputes ₹499"]
    assert bells(lesson.mentor_id) == ["A bank looks at ₹499 of a lesson"]
    assert bells(lesson.learner_id) == ["Your bank looks at ₹499"]
    assert letters() == ["A bank disputes ₹499"]
    clock.move(hours=24)
    for _ in range(2):
        PERIODIC["remind_disputes"].function(ports)
    assert bells(root)[1:] == ["₹499 is lost without an answer"]
    assert letters()[1:] == ["₹499 is lost without an answer"]


def test_the_two_hear_who_bears_a_loss(app: Flask, ports: Any, clock: Any) -> None:
    lesson = taught(clock, (0, 50), (0, 50))
    row = dispute(lesson, "lost", clock)
    JOBS["tell_dispute"](ports, row.id)
    assert bells(lesson.learner_id) == ["Your bank gives you ₹499 back"]
    clock.move(hours=24)
    verdict_settle(lesson.id)
    disputes_settle()
    JOBS["tell_dispute"](ports, row.id)
    assert bells(lesson.learner_id) == ["Your bank gives you ₹499 back"]
    body = db.session.scalar(
        sa.select(Notification.body).where(Notification.user_id == lesson.mentor_id, Notification.kind == "dispute")
    )
    assert body is not None
    assert "you keep your share" in body
