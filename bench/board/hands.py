"""What two hands leave on a board: made from a fixed seed, logged as the product logs it."""

import json
import math
import random
import subprocess
from typing import Any

from tests.product import ROOT

Step = dict[str, Any]
WORDS = (
    "why does it bend here",
    "x squared is steeper",
    "try it with 3",
    "the area is the sum",
    "and now smaller steps",
)


def _id(dice: random.Random) -> str:
    """As long as the ids that browsers make."""
    return f"{dice.getrandbits(96):024x}"[:12]


def stroke(dice: random.Random, place: tuple[float, float], *, raw_points: int, pen: bool) -> Step:
    """A curved stroke: a hand that turns slowly, at 60 (mouse) or 120 (pen) points a second, in tenths of a pixel."""
    x, y = place
    heading = dice.uniform(0, 2 * math.pi)
    bend = 0.0
    pace = dice.uniform(18, 60) * (0.5 if pen else 1.0)
    phase = dice.uniform(0, 6)
    points: list[int] = []
    for step in range(raw_points):
        bend = bend * 0.9 + dice.gauss(0, 0.05)
        heading += bend
        speed = pace * (0.6 + 0.4 * math.sin(step / 9 + phase))
        x += math.cos(heading) * speed
        y += math.sin(heading) * speed
        pressure = round(50 + 25 * math.sin(step / 25 + phase)) if pen else 50
        points += [round(x), round(y), pressure]
    return {
        "do": "stroke",
        "id": _id(dice),
        "page": 0,
        "color": dice.randrange(6),
        "width": dice.choice((20, 30, 30, 55)),
        "points": points,
    }


def hour(seed: int = 7) -> list[Step]:
    """A lively hour: 700 strokes of 20 to 200 raw points, shapes, words, erasing. Raw, as the hand made them."""
    dice = random.Random(seed)
    steps: list[Step] = []
    for number in range(700):
        place = (dice.uniform(500, 11_000), dice.uniform(500, 6_500))
        drawn = stroke(dice, place, raw_points=dice.randint(20, 200), pen=number % 2 == 0)
        drawn["page"] = number // 180
        steps.append(drawn)
        if number % 14 == 0:
            steps.append({**_shape(dice), "page": number // 180})
        if number % 20 == 0:
            steps.append({**_words(dice), "page": number // 180})
        if number % 25 == 0:
            steps.append({"do": "remove", "ids": [drawn["id"]]})
    return steps


def crowd(count: int, seed: int = 11) -> list[Step]:
    """One page with very many steps, spread over 6000 x 4000 px."""
    dice = random.Random(seed)
    steps: list[Step] = []
    while len(steps) < count:
        place = (dice.uniform(0, 60_000), dice.uniform(0, 40_000))
        kind = dice.random()
        if kind < 0.93 or len(steps) < 10:
            steps.append(stroke(dice, place, raw_points=dice.randint(15, 90), pen=True))
        elif kind < 0.95:
            steps.append(_shape(dice, place))
        elif kind < 0.97:
            steps.append(_words(dice, place))
        else:
            known = [step["id"] for step in dice.sample(steps, 3) if "id" in step]
            if known:
                steps.append(
                    {"do": "remove", "ids": known}
                    if kind < 0.985
                    else {"do": "move", "ids": known, "dx": 300, "dy": 90}
                )
    return steps


def logged(steps: list[Step]) -> list[Step]:
    """The steps as the browser sends them: ink thinned and coded by the product's own script."""
    done = subprocess.run(
        ["node", "bench/board/strokes.mjs"],
        cwd=ROOT,
        input=json.dumps(steps),
        capture_output=True,
        text=True,
        check=True,
    )
    result: list[Step] = json.loads(done.stdout)
    return result


def _shape(dice: random.Random, place: tuple[float, float] = (3000.0, 2000.0)) -> Step:
    x, y = round(place[0]), round(place[1])
    box = [x, y, x + dice.randint(300, 2500), y + dice.randint(300, 1800)]
    kind = dice.choice(("line", "arrow", "rectangle", "ellipse"))
    return {
        "do": "shape",
        "id": _id(dice),
        "page": 0,
        "color": dice.randrange(6),
        "width": 30,
        "kind": kind,
        "box": box,
    }


def _words(dice: random.Random, place: tuple[float, float] = (2000.0, 3000.0)) -> Step:
    at = [round(place[0]), round(place[1])]
    return {"do": "text", "id": _id(dice), "page": 0, "color": 0, "size": 220, "at": at, "text": dice.choice(WORDS)}
