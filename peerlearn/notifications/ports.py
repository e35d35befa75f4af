"""What notifications need from outside."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Letter:
    """One e-mail, ready to leave: plain text always, HTML beside it. `message_id` is stable over repeated tries."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    # An entry for the reader's calendar and its method (RFC 6047): "REQUEST" puts it in or moves it, "CANCEL" removes.
    calendar: bytes | None = None
    calendar_method: str = "REQUEST"


class Mailer(Protocol):
    """Hands letters over to the world."""

    def send(self, letter: Letter) -> None:
        """Send one letter. Raises `peerlearn.errors.Upstream` where it was not accepted; then it may be tried again."""
        ...
