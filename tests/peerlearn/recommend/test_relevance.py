"""How well the search answers, as a number with a floor: graded queries over the small catalogue."""

import math
from collections.abc import Callable
from typing import Any

from peerlearn.recommend.queries import Filters, search
from tests.peerlearn.recommend.catalogue import Catalogue

FLOOR = 0.85

# 2: exactly this; 1: related.
QUERIES: list[tuple[str, dict[str, int]]] = [
    ("area under a curve", {"Asha": 2, "Daniel": 1, "Meera": 1}),
    ("afraid of school maths", {"Meera": 2, "Asha": 1}),
    ("gradient descent mathematics", {"Daniel": 2, "Asha": 1, "Meera": 1}),
    ("never programmed before", {"Gurpreet": 2, "Lena": 1}),
    ("index my postgres table", {"Lena": 2}),
    ("play songs at the campfire", {"Carlos": 2, "Nilufar": 1}),
    ("improvise on the piano", {"Nilufar": 2, "Carlos": 1}),
    ("SN1 versus SN2 reactions", {"Zainab": 2}),
    ("speak english fluently for a test", {"Chiamaka": 2, "Hana": 1}),
    ("fix the references of my dissertation", {"Hana": 2, "Chiamaka": 1}),
    ("first year law exam", {"Tomas": 2, "Yuki": 1}),
    ("understand my rental agreement", {"Yuki": 2, "Tomas": 1}),
    ("orgnic chemstry", {"Zainab": 2}),
    ("pyhton for beginers", {"Gurpreet": 2, "Lena": 1}),
]


def gain(names: list[str], wanted: dict[str, int]) -> float:
    """nDCG@10 (Järvelin and Kekäläinen 2002) with gains 2^grade - 1."""
    found = sum((2 ** wanted.get(name, 0) - 1) / math.log2(place + 2) for place, name in enumerate(names[:10]))
    ideal = sorted(wanted.values(), reverse=True)
    return found / sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(ideal))


def test_the_search_stays_above_its_floor(catalogue: Catalogue, encode: Callable[[str], Any]) -> None:
    gains = {}
    for text, wanted in QUERIES:
        result = search(
            Filters(text=text), None, "Asia/Kolkata", index=catalogue.index, encode=encode,
            dictionary=catalogue.encoder.dictionary,
        )  # fmt: skip
        gains[text] = gain([card.mentor.first_name for card in result.cards], wanted)
    mean = sum(gains.values()) / len(gains)
    assert mean >= FLOOR, sorted(gains.items(), key=lambda pair: pair[1])
