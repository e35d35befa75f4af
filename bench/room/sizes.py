"""How large each measurement is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Rooms, rates a second, seconds; `repetitions` are interleaved over the contestants."""

    repetitions: int = 3
    rooms: int = 50
    in_flight: int = 4
    warm: float = 1.5
    ink_hz: float = 30
    ink: float = 3
    saturation: float = 2
    board_rooms: int = 60
    board_rooms_channels: int = 15  # all that Channels keeps up with at one event per move
    board: float = 3
    ordinary: float = 2
    commit_rooms: int = 500
    commits_each: float = 2  # a second and seat: 2,000 a second in all
    commit_warm: float = 3
    commit: float = 8
    sockets: int = 5000
    seated_rooms: int = 250
    redis: float = 3


QUICK = Sizes(
    repetitions=1, rooms=4, warm=0.2, ink=0.4, saturation=0.3, board_rooms=4, board_rooms_channels=4, board=0.4,
    ordinary=0.3, commit_rooms=5, commit_warm=0.2, commit=0.6, sockets=40, seated_rooms=5, redis=0.4,
)  # fmt: skip
