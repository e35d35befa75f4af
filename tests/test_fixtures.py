"""The application's fixtures: both databases, an empty one for each test, a clock that stands still."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn import clock as clocks
from peerlearn.catalog.models import Topic
from peerlearn.kernel import db, transactional


@transactional
def add_topic(slug: str) -> int:
    topic = Topic(slug=slug, name=slug.title(), field="Test")
    db.session.add(topic)
    db.session.flush()
    return topic.id


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_starts_empty_and_counts_from_one(app: Flask, turn: int) -> None:
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Topic)) == 0
    assert add_topic(f"topic-{turn}") == 1


def test_the_clock_stands_still_until_moved(app: Flask, clock: clocks.MovableClock) -> None:
    before = clocks.now()
    clock.move(minutes=5)
    assert clocks.now() - before == timedelta(minutes=5)
