"""The way to approval, as a table: every pair of state and event is decided."""

from itertools import product

import pytest

from peerlearn.catalog.approval import EVENTS, ILLEGAL, STATES, TABLE, next_state, states_before
from peerlearn.errors import Conflict


def test_every_pair_is_spelled_out_once() -> None:
    assert TABLE.keys() | ILLEGAL.keys() == set(product(STATES, EVENTS))
    assert not TABLE.keys() & ILLEGAL.keys()


@pytest.mark.parametrize(("state", "event"), sorted(ILLEGAL))
def test_an_illegal_pair_says_what_to_do_instead(state: str, event: str) -> None:
    with pytest.raises(Conflict) as refused:
        next_state(state, event)  # type: ignore[arg-type]
    assert refused.value.code == "illegal_transition"
    assert refused.value.message.count(".") >= 2


def test_only_submitting_and_a_yes_leads_into_the_catalogue() -> None:
    assert {pair for pair, after in TABLE.items() if after == "approved"} == {
        ("submitted", "approve"), ("rejected", "approve"), ("suspended", "restore"),
    }  # fmt: skip
    assert states_before("submit") == ["draft", "rejected"]
