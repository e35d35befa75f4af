"""What happened is told in ids only, and somebody hears it."""

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator

import peerlearn
from config.wiring import REACTIONS


def _facts() -> Iterator[type]:
    for package in pkgutil.iter_modules(peerlearn.__path__):
        name = f"peerlearn.{package.name}.facts"
        if not package.ispkg or importlib.util.find_spec(name) is None:
            continue
        module = importlib.import_module(name)
        for value in vars(module).values():
            if isinstance(value, type) and value.__module__ == name and dataclasses.is_dataclass(value):
                yield value


def test_every_fact_is_wired() -> None:
    assert not sorted(f"{fact.__module__}.{fact.__name__}" for fact in _facts() if fact not in REACTIONS)


def test_the_wiring_names_no_fact_twice_and_none_that_is_gone() -> None:
    assert set(REACTIONS) <= set(_facts())


def test_facts_are_frozen_and_hold_ids_only() -> None:
    for fact in _facts():
        assert fact.__dataclass_params__.frozen, fact  # type: ignore[attr-defined]
        for field in dataclasses.fields(fact):
            assert str(field.type).replace("<class 'int'>", "int") in {
                "int",
                "int | None",
                "tuple[int, ...]",
            }, f"{fact.__name__}.{field.name}: {field.type}"
