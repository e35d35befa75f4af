"""Drawn faces: whole, steady, and never a way to smuggle markup."""

import itertools
from xml.etree import ElementTree as ET

import pytest

from peerlearn.accounts.portrait import BEARDS, CHOICES, HAIR, NECKS, portrait_spec, portrait_svg


@pytest.mark.parametrize(("hair", "neck", "beard"), list(itertools.product(HAIR, NECKS, BEARDS)))
def test_every_combination_is_a_whole_drawing(hair: str, neck: str, beard: str) -> None:
    marks = {"glasses": True, "bindi": True, "earrings": True}
    root = ET.fromstring(portrait_svg("asha", {"hair": hair, "neck": neck, "beard": beard, **marks}))  # noqa: S314 - our own text
    assert root.attrib["viewBox"] == "0 0 100 100"
    assert len(list(root)) >= 6


def test_the_same_seed_is_the_same_person_for_ever() -> None:
    assert portrait_svg("rohan") == portrait_svg("rohan")
    assert len({portrait_svg(f"seed-{number}") for number in range(60)}) > 50


def test_what_is_given_is_kept_and_what_is_missing_is_chosen() -> None:
    spec = portrait_spec("asha", {"skin": "honey", "hair": "bun", "bindi": True})
    assert (spec["skin"], spec["hair"], spec["bindi"]) == ("honey", "bun", True)
    assert all(spec[key] in words for key, words in CHOICES.items())


@pytest.mark.parametrize("key", sorted(CHOICES))
def test_words_that_are_not_known_change_nothing(key: str) -> None:
    evil = '"/><script>alert(1)</script>'
    assert portrait_svg("asha", {key: evil}) == portrait_svg("asha")
    assert "script" not in portrait_svg(evil, {key: evil})
