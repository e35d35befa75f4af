"""What a drill breaks. Each fault takes something away, waits, and gives it back; where `break_` returns, the fault has ended.

The end of a fault is the moment at which the last thing that was taken is there again: the killed server answers on its
port, the door lets traffic through, the browser asks for its page. From there the clock of "media back" runs.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.drills.people import Person
from tests.drills.world import World


@dataclass
class Scene:
    """Who and what a fault may touch."""

    world: World
    people: dict[str, Person]
    rng: random.Random

    def one(self) -> Person:
        """One of the two."""
        return self.people[self.rng.choice(sorted(self.people))]

    def wait(self, low: float, high: float) -> None:
        """Let the fault last; the pages' words are heard meanwhile."""
        end = time.monotonic() + self.rng.uniform(low, high)
        while time.monotonic() < end:
            for person in self.people.values():
                person.look()
            time.sleep(0.1)


def _web(scene: Scene, webs: list[int], low: float, high: float) -> None:
    for index in webs:
        scene.world.webs[index].kill("web")
    scene.wait(low, high)
    scene.world.start_webs(webs)


def web_one(scene: Scene) -> None:
    """kill -9 of one web process; with two, the other one takes its people over."""
    _web(scene, [scene.rng.randrange(len(scene.world.webs))], 1, 4)


def web_all(scene: Scene) -> None:
    """kill -9 of every web process."""
    _web(scene, list(range(len(scene.world.webs))), 1, 8)


def web_frozen(scene: Scene) -> None:
    """The web processes stop where they are and go on later."""
    scene.world.freeze(True)
    scene.wait(3, 10)
    scene.world.freeze(False)


def worker(scene: Scene) -> None:
    """kill -9 of the worker."""
    scene.world.webs[0].kill("worker")
    scene.wait(0.5, 2)
    scene.world.webs[0].start("worker")


def _daemon(scene: Scene, name: str, low: float, high: float, how: signal.Signals = signal.SIGKILL) -> None:
    scene.world.daemons[name].kill(how)
    scene.wait(low, high)
    scene.world.daemons[name].start()


def redis(scene: Scene) -> None:
    """kill -9 of Redis; everything in it is gone."""
    _daemon(scene, "redis", 0.5, 8)


def postgres(scene: Scene) -> None:
    """kill -9 of PostgreSQL, an immediate shutdown, or kill -9 of one of its backends; each recovers from its log."""
    way = scene.rng.choice(("kill", "immediate", "backend"))
    if way == "backend":
        scene.world.daemons["postgres"].kill_a_child(scene.rng)
    else:
        _daemon(scene, "postgres", 0.5, 5, signal.SIGKILL if way == "kill" else signal.SIGQUIT)


def turn(scene: Scene) -> None:
    """kill -9 of coturn, over which all media pass."""
    _daemon(scene, "turn", 1, 8)


def dark(scene: Scene) -> None:
    """No UDP passes for eight seconds."""
    scene.world.dark.dark = True
    scene.wait(8, 8)
    scene.world.dark.dark = False


def cut(scene: Scene) -> None:
    """Every connection of one person, or of both, is reset."""
    for side in scene.rng.choice((["mentor"], ["learner"], ["mentor", "learner"])):
        scene.world.doors[side].cut()


def silence(scene: Scene) -> None:
    """One person's web traffic, or both persons', goes nowhere for a while."""
    sides = scene.rng.choice((["mentor"], ["learner"], ["mentor", "learner"]))
    for side in sides:
        scene.world.doors[side].silence(True)
    scene.wait(3, 12)
    for side in sides:
        scene.world.doors[side].silence(False)


def tab(scene: Scene) -> None:
    """The renderer of one tab is killed; the person opens the room in a new tab."""
    person = scene.one()
    person.crash()
    scene.wait(0.3, 3)
    person.open()


def tabs(scene: Scene) -> None:
    """Both tabs are killed."""
    for person in scene.people.values():
        person.crash()
    scene.wait(0.3, 3)
    for person in scene.people.values():
        person.open()


def browser(scene: Scene) -> None:
    """kill -9 of a whole browser; the person starts it again."""
    person = scene.one()
    person.kill_browser()
    scene.wait(0.2, 2)
    person.come_back()


def _while_away(scene: Scene, kill: Callable[[Person], None], back: Callable[[Person], None]) -> None:
    """A person draws while every web process is away; then that person's side is killed as well, and both come back."""
    webs = range(len(scene.world.webs))
    for index in webs:
        scene.world.webs[index].kill("web")
    scene.wait(1.5, 3)
    person = scene.one()
    kill(person)
    scene.world.start_webs(webs)
    back(person)


def tab_offline(scene: Scene) -> None:
    """A person draws while every web process is away, and then the tab is killed as well."""
    _while_away(scene, Person.crash, Person.open)


def browser_offline(scene: Scene) -> None:
    """A person draws while every web process is away, and then the whole browser is killed."""
    _while_away(scene, Person.kill_browser, Person.come_back)


def reload(scene: Scene) -> None:
    """One person presses reload, or both do."""
    for person in scene.rng.choice(([scene.one()], list(scene.people.values()))):
        person.reload()


def clock(scene: Scene) -> None:
    """The clock of one device jumps by hours; often its person reloads the page with the wrong clock."""
    person = scene.one()
    person.shift(scene.rng.choice((-26, -5.5, -1, 0.4, 3, 49)))
    if scene.rng.random() < 0.5:
        person.reload()


KINDS: dict[str, Callable[[Scene], None]] = {
    kind.__name__: kind
    for kind in (
        web_one,
        web_all,
        web_frozen,
        worker,
        redis,
        postgres,
        turn,
        dark,
        cut,
        silence,
        tab,
        tabs,
        browser,
        tab_offline,
        browser_offline,
        reload,
        clock,
    )
}
ONLY_CLUSTER = frozenset({"web_one", "redis", "postgres"})


def plan(seed: int, count: int, *, embedded: bool, only: Sequence[str] | None = None) -> list[str]:
    """A seeded list of kinds: every kind in turn in a shuffled order, so that none is left out by chance."""
    rng = random.Random(seed)
    kinds = list(only) if only else [kind for kind in KINDS if not (embedded and kind in ONLY_CLUSTER)]
    found: list[str] = []
    while len(found) < count:
        rng.shuffle(kinds)
        found += kinds
    return found[:count]
