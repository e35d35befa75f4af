"""Times as people read them: the hour that comes twice says which of the two it is."""

from datetime import UTC, datetime

import pytest

from peerlearn.clock import clock_text
from peerlearn.sessions.words import moment


@pytest.mark.parametrize(
    ("zone", "instant", "text"),
    [
        ("Europe/London", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "01:30 BST"),
        ("Europe/London", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "01:30 GMT"),
        ("America/New_York", datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "01:30 EDT"),
        ("America/New_York", datetime(2026, 11, 1, 6, 30, tzinfo=UTC), "01:30 EST"),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 14, 45, tzinfo=UTC), "01:45 UTC+11:00"),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, 15, tzinfo=UTC), "01:45 UTC+10:30"),
        ("America/New_York", datetime(2026, 11, 1, 7, 30, tzinfo=UTC), "02:30"),
        ("Asia/Kathmandu", datetime(2026, 11, 1, 7, 30, tzinfo=UTC), "13:15"),
    ],
)
def test_an_hour_that_comes_twice_is_told_apart_and_every_other_one_is_plain(
    zone: str, instant: datetime, text: str
) -> None:
    assert clock_text(instant, zone) == text
    assert moment(instant, zone).endswith(f", {text}")
