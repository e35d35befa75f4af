"""What the catalogue tells open pages: a mentor's state moved."""

from typing import Protocol

from peerlearn.accounts.queries import user_by_id
from peerlearn.ports import Ports


class _AboutMentor(Protocol):
    @property
    def user_id(self) -> int:
        """Whose profile moved."""
        ...


def mentor_state_changed(ports: Ports, fact: _AboutMentor) -> None:
    """Tell the mentor's own open pages, so that a page that waits for approval shows the news at once."""
    mentor = user_by_id(fact.user_id)
    if mentor is not None:
        ports.bus.emit("mentor_state_changed", {}, room=f"user:{mentor.public_id}")
