"""`make drill-booking`: many people want the same time at the same moment, over HTTP, on both databases.

Two web processes serve one database; the learners come from several processes of their own. First 200 people book one
slot. Then 2,000 bookings go for times that overlap each other: a mentor's own free times, public sessions between
them, and the same learner at two mentors at once. Afterwards the rows of the lessons themselves are compared, pair by
pair, without asking the guard that was to prevent the overlaps.
"""

import argparse
import collections
import http.client
import itertools
import json
import multiprocessing
import os
import random
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from itsdangerous import URLSafeTimedSerializer

from config.app import create_app
from config.settings import Settings
from peerlearn.accounts.models import User
from peerlearn.clock import now
from peerlearn.jobs.queue import DirectQueue
from peerlearn.kernel import db, transactional
from peerlearn.sessions.models import LiveSession
from peerlearn.sessions.service import session_publish
from tests.database import make_schema
from tests.peerlearn.sessions.people import mentor, person
from tests.product import Product
from tests.servers import postgres

SECRET = "the same in every process of the drill"
ONE_SLOT, OVERLAPPING, MENTORS, DRIVERS, AT_ONCE = 200, 2_000, 8, 4, 12
ANSWER_SECONDS = 120
START_SECONDS = 180.0  # where the cores are shared; it is not measured
STANDING = ("open", "held", "confirmed", "live")


@dataclass(frozen=True)
class Ask:
    """One POST of one person to one of the web processes."""

    port: int
    path: str
    cookie: str
    token: str


@dataclass(frozen=True)
class Answer:
    """What came back: status, seconds, and how many other times a refusal named."""

    status: int
    code: str
    alternatives: int
    seconds: float


def post(ask: Ask) -> Answer:
    """Send one booking as the page's own form does."""
    started = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", ask.port, timeout=ANSWER_SECONDS)
    body = urllib.parse.urlencode({"csrf_token": ask.token})
    headers = {
        "Cookie": f"session={ask.cookie}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    try:
        connection.request("POST", ask.path, body, headers)
        response = connection.getresponse()
        told = response.read()
    finally:
        connection.close()
    found = {}
    if response.status >= 400 and response.headers.get_content_type() == "application/json":
        found = json.loads(told)
        found = found.get("error", found)
    seconds = time.perf_counter() - started
    return Answer(response.status, found.get("code", ""), len(found.get("alternatives", ())), seconds)


def drive(asks: Sequence[Ask], at_once: int) -> list[Answer]:
    """One driving process: all its requests, so many at a time, the first ones at the same moment."""
    waiting, answers = iter(asks), []
    lock, gate = threading.Lock(), threading.Barrier(min(at_once, len(asks)))

    def work() -> None:
        gate.wait()
        while True:
            with lock:
                ask = next(waiting, None)
            if ask is None:
                return
            answer = post(ask)
            with lock:
                answers.append(answer)

    threads = [threading.Thread(target=work) for _ in range(gate.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def storm(asks: Sequence[Ask], at_once: int) -> list[Answer]:
    """All requests, dealt to several processes."""
    hands = [list(asks[index::DRIVERS]) for index in range(DRIVERS)]
    with multiprocessing.get_context("fork").Pool(DRIVERS) as pool:
        found = pool.starmap(drive, [(hand, at_once) for hand in hands if hand])
    return [answer for hand in found for answer in hand]


# --- the people ----------------------------------------------------------------------------------------------------


@transactional
def people_add(learners: int) -> tuple[list[int], list[int]]:
    """Mentors who are free all day, and learners; returns their row ids."""
    mentors = [mentor(f"Mentor {number}", zone="Asia/Kolkata") for number in range(MENTORS)]
    return mentors, [person(f"Learner {number}") for number in range(learners)]


def cookies(app: Flask, user_ids: Sequence[int]) -> list[tuple[str, str]]:
    """Each person's session cookie and form token, as signing in would have given them."""
    made, token = [], "one raw token for everybody"
    signed = str(URLSafeTimedSerializer(SECRET, salt="wtf-csrf-token").dumps(token))
    for user in db.session.scalars(sa.select(User).where(User.id.in_(user_ids)).order_by(User.id)):
        client = app.test_client()
        with client.session_transaction() as values:
            values.update({"_user_id": user.get_id(), "_fresh": True, "csrf_token": token})
        cookie = client.get_cookie("session")
        assert cookie is not None
        made.append((cookie.value, signed))
    return made


# --- the storms ----------------------------------------------------------------------------------------------------


@dataclass
class House:
    """The running product of one drill and an application that looks into its database."""

    app: Flask
    ports: Sequence[int]
    mentors: list[int]
    people: list[tuple[str, str]]

    def ask(self, index: int, path: str) -> Ask:
        """A booking by the learner of this index, on the web processes in turn."""
        return Ask(self.ports[index % len(self.ports)], path, *self.people[index % len(self.people)])

    def mentor_path(self, mentor_id: int, starts_at: datetime) -> str:
        """Where one of a mentor's free times is booked."""
        user = db.session.get(User, mentor_id)
        assert user is not None
        return f"/mentors/{user.public_id}/book?" + urllib.parse.urlencode({"at": starts_at.isoformat()})


def half_hour(hours: float) -> datetime:
    """A start on the grid of a mentor in India, so many hours from now."""
    return (now() + timedelta(hours=hours)).replace(minute=30, second=0, microsecond=0)


def one_slot(house: House, count: int) -> list[Answer]:
    """Everybody wants the same time of the same mentor."""
    path = house.mentor_path(house.mentors[0], half_hour(30))
    return storm([house.ask(index, path) for index in range(count)], at_once=count // DRIVERS)


def overlapping(house: House, count: int, seed: int) -> list[Answer]:
    """Times that overlap: fifty-minute lessons on a half-hour grid, public sessions among them, learners at two places."""
    chance = random.Random(seed)
    paths = [
        house.mentor_path(mentor_id, half_hour(30) + timedelta(minutes=30 * step))
        for mentor_id, step in itertools.product(house.mentors[1:], range(16))
    ]
    for mentor_id in house.mentors[1:]:
        for step in (3, 11):
            at = half_hour(30) + timedelta(minutes=30 * step)
            lesson = session_publish(mentor_id, "A public lesson", "Open to one.", None, at, 50, 399_00)
            paths += [f"/sessions/{lesson.public_id}/book"] * 4
    wanted = [chance.choice(paths) for _ in range(count)]
    # Each learner comes twice in a row, so that one person's two bookings meet each other too.
    asks = [house.ask(index // 2, path) for index, path in enumerate(wanted)]
    return storm(asks, at_once=AT_ONCE)


# --- what came of it -----------------------------------------------------------------------------------------------


def overlaps() -> int:
    """Pairs of standing lessons that share a person and a moment, by the lessons' own times."""
    rows = db.session.execute(
        sa.select(LiveSession.mentor_id, LiveSession.learner_id, LiveSession.starts_at, LiveSession.ends_at).where(
            LiveSession.state.in_(STANDING)
        )
    ).all()
    taken: dict[int, list[tuple[datetime, datetime]]] = collections.defaultdict(list)
    for mentor_id, learner_id, starts_at, ends_at in rows:
        for person_id in (mentor_id, learner_id):
            if person_id is not None:
                taken[person_id].append((starts_at, ends_at))
    return sum(b[0] < a[1] for stretches in taken.values() for a, b in itertools.pairwise(sorted(stretches)))


def held_count(mentor_ids: Sequence[int]) -> int:
    """How many of these mentors' lessons a learner holds."""
    statement = sa.select(sa.func.count()).where(
        LiveSession.mentor_id.in_(mentor_ids), LiveSession.state == "held", LiveSession.learner_id.is_not(None)
    )
    return int(db.session.scalar(statement) or 0)


@contextmanager
def house_on(engine: str, folder: Path) -> Iterator[House]:
    """Simulator and two web processes over one database with everybody in it."""
    with ExitStack() as stack:
        url = f"sqlite:///{folder / 'drill.db'}"
        if engine == "postgres":
            url = stack.enter_context(postgres()).fresh("drill")
        settings = Settings.for_tests(database_url=url, secret_key=SECRET, data_dir=folder)
        app = create_app(settings, queue=DirectQueue())
        make_schema(app)
        first = Product(folder, extra_env={"DATABASE_URL": url, "SECRET_KEY": SECRET}, patience=START_SECONDS)
        second = Product(folder, extra_env=first.extra_env, gateway_port=first.gateway_port, patience=START_SECONDS)
        stack.callback(first.stop)
        stack.callback(second.stop)
        first.start("gateway", "web")
        second.start("web")
        with app.app_context():
            mentors, learners = people_add(max(ONE_SLOT, OVERLAPPING // 2))
            yield House(app, (first.port, second.port), mentors, cookies(app, learners))
            db.session.remove()
            db.engine.dispose()


def judge(name: str, answers: Sequence[Answer], held: int, found_overlaps: int, wanted: int | None) -> list[str]:
    """Print one storm's figures; return what is wrong."""
    statuses = collections.Counter(answer.status for answer in answers)
    codes = collections.Counter(answer.code for answer in answers if answer.code)
    times = sorted(answer.seconds for answer in answers)
    print(f"  {name:<24}{dict(sorted(statuses.items()))!s:<34} held {held:>4}  overlaps {found_overlaps}")
    print(f"  {'':<24}{dict(codes)}  median {times[len(times) // 2]:.2f} s, slowest {times[-1]:.2f} s")
    wrong = []
    won = sum(answer.status < 400 for answer in answers)
    if found_overlaps:
        wrong.append(f"{name}: {found_overlaps} overlaps")
    if any(answer.status >= 500 for answer in answers):
        wrong.append(f"{name}: {sum(answer.status >= 500 for answer in answers)} answers of 5xx")
    if wanted is not None and (held, won) != (wanted, wanted):
        wrong.append(f"{name}: {won} winners, {held} held, wanted {wanted}")
    if held > won:
        wrong.append(f"{name}: {held} lessons are held, but only {won} were told so")
    silent = sum(answer.code == "slot_taken" and answer.alternatives != 3 for answer in answers)
    if silent:
        wrong.append(f"{name}: {silent} losers did not get three other times")
    return wrong


def drill(engine: str, seed: int, count: int) -> tuple[list[str], dict[str, float]]:
    """Both storms on one database."""
    print(f"{engine}:")
    with tempfile.TemporaryDirectory(prefix="peerlearn-drill-") as folder, house_on(engine, Path(folder)) as house:
        first = one_slot(house, ONE_SLOT)
        db.session.rollback()
        wrong = judge(f"{ONE_SLOT} for one slot", first, held_count(house.mentors[:1]), overlaps(), 1)
        started = time.perf_counter()
        second = overlapping(house, count, seed)
        seconds = time.perf_counter() - started
        db.session.rollback()
        held = held_count(house.mentors[1:])
        wrong += judge(f"{count} over overlapping", second, held, overlaps(), None)
        return [f"{engine}: {line}" for line in wrong], {
            f"{engine}_held": held,
            f"{engine}_overlaps": overlaps(),
            f"{engine}_5xx": sum(answer.status >= 500 for answer in (*first, *second)),
            f"{engine}_per_s": round(count / seconds, 1),
        }


def main() -> int:
    """Run the drill; the exit code says whether every bound is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], action="append")
    parser.add_argument("--count", type=int, default=OVERLAPPING)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(2)))
    chosen = parser.parse_args()
    print(f"drill-booking, seed {chosen.seed}")
    wrong: list[str] = []
    figures: dict[str, float] = {}
    for engine in chosen.engine or ("sqlite", "postgres"):
        found, measured = drill(engine, chosen.seed, chosen.count)
        wrong += found
        figures |= measured
    for line in wrong:
        print(f"  MISSED {line}")
    print("RESULT drill-booking " + " ".join(f"{key}={value}" for key, value in figures.items()))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
