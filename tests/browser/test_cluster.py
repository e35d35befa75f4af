"""Two settings move from laptop to cluster: one lesson over two web processes, on PostgreSQL and Redis."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from peerlearn.live.queries import board_steps, chat_lines
from tests.browser.room_pages import Seatmate, Stage
from tests.servers import PostgresServer, wait_until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer, redis_url: str) -> Iterator[Stage]:
    url = postgres_server.fresh("cluster")
    made = Stage(tmp_path_factory.mktemp("cluster"), {"DATABASE_URL": url, "REDIS_URL": redis_url}, processes=2)
    yield made
    made.stop()


@pytest.fixture
def couple(stage: Stage, browser: Browser) -> Iterator[tuple[Seatmate, Seatmate]]:
    """A mentor on the first process and a learner on the second."""
    room = stage.lesson()
    mentor = Seatmate(stage, browser, room.mentor_id).open(room)
    learner = Seatmate(stage, browser, room.learner_id, process=1).open(room)
    yield mentor, learner
    for one in (mentor, learner):
        one.context.close()
        assert not one.problems


def test_a_lesson_lives_on_two_processes(stage: Stage, couple: tuple[Seatmate, Seatmate]) -> None:
    mentor, learner = couple
    for one in couple:
        one.connected()
        before = one.frames()
        wait_until(lambda one=one, before=before: one.frames() > before + 3, "pictures coming")  # type: ignore[misc]

    mentor.stroke([(0.3, 0.3), (0.6, 0.3)], up=False)
    wait_until(lambda: learner.ink() > 300, "unfinished ink on the other board")
    mentor.page.mouse.up()
    learner.page.fill("#chat-text", "Over two processes")
    learner.page.press("#chat-text", "Enter")
    expect(mentor.page.locator("[data-chat-lines] .bubble")).to_have_text(["Over two processes"])

    learner.page.reload()
    learner.ready()
    wait_until(lambda: learner.ink() > 300, "ink after a reload")


def test_both_processes_write_one_log(stage: Stage, browser: Browser) -> None:
    room = stage.lesson()
    mentor = Seatmate(stage, browser, room.mentor_id, quiet=True).open(room)
    learner = Seatmate(stage, browser, room.learner_id, process=1, quiet=True).open(room)
    for number in range(5):
        height = 0.25 + 0.1 * number
        mentor.stroke([(0.2, height), (0.4, height)])
        learner.stroke([(0.6, height), (0.8, height)])
    wait_until(lambda: len(stage.query(board_steps, room.id)) == 10, "ten strokes in the log")
    assert stage.query(chat_lines, room.id) == []
    for one in (mentor, learner):
        expect(one.page.locator("[data-saved-word]")).to_have_text("Board saved, 10 strokes")
        one.context.close()
        assert not one.problems
