"""A mentor's way into the catalogue: one pure table (state, event) -> state | Ignored | IllegalTransition."""

from typing import Literal

from peerlearn.errors import Conflict

State = Literal["draft", "submitted", "approved", "rejected", "suspended"]
Event = Literal["submit", "approve", "reject", "suspend", "restore"]

STATES: tuple[State, ...] = ("draft", "submitted", "approved", "rejected", "suspended")
EVENTS: tuple[Event, ...] = ("submit", "approve", "reject", "suspend", "restore")

# None: already so, nothing to do. A pair that is missing here is illegal and has its sentence below.
TABLE: dict[tuple[State, Event], State | None] = {
    ("draft", "submit"): "submitted",
    ("submitted", "submit"): None,
    ("submitted", "approve"): "approved",
    ("submitted", "reject"): "rejected",
    ("approved", "submit"): None,
    ("approved", "approve"): None,
    ("approved", "suspend"): "suspended",
    ("approved", "restore"): None,
    ("rejected", "submit"): "submitted",
    ("rejected", "approve"): "approved",
    ("rejected", "reject"): None,
    ("suspended", "suspend"): None,
    ("suspended", "restore"): "approved",
}

ILLEGAL: dict[tuple[State, Event], str] = {
    ("draft", "approve"): "This mentor hasn't sent the profile in yet. Wait until they do.",
    ("draft", "reject"): "This mentor hasn't sent the profile in yet. There is nothing to send back.",
    ("draft", "suspend"): "This mentor isn't in the catalogue yet. There is nothing to suspend.",
    ("draft", "restore"): "This mentor was never in the catalogue. There is nothing to restore.",
    ("submitted", "suspend"): "This mentor isn't in the catalogue yet. Send the profile back instead.",
    ("submitted", "restore"): "This mentor wasn't suspended. Approve the profile instead.",
    ("approved", "reject"): "This mentor is already approved. Suspend them instead.",
    ("rejected", "suspend"): "This mentor isn't in the catalogue. There is nothing to suspend.",
    ("rejected", "restore"): "This mentor wasn't suspended. Approve the profile instead.",
    ("suspended", "submit"): "Your profile is suspended. Write to us and we will look at it together.",
    ("suspended", "approve"): "This mentor is suspended. Restore them instead.",
    ("suspended", "reject"): "This mentor is suspended. Restore them first.",
}


def next_state(state: State, event: Event) -> State | None:
    """Return the state after the event, or None where the event changes nothing.

    Raises Conflict (`illegal_transition`) with a sentence that says what to do instead.
    """
    if (state, event) in TABLE:
        return TABLE[(state, event)]
    raise Conflict(ILLEGAL[(state, event)], code="illegal_transition", state=state, event=event)


def states_before(event: Event) -> list[str]:
    """Return the states in which the event changes something: the condition of its UPDATE."""
    return [state for (state, named), after in TABLE.items() if named == event and after is not None]
