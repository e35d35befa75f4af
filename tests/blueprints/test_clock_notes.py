"""Who reads another person's times is told before the clocks move them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from blueprints.clock_notes import clock_note

AUTUMN, SPRING = datetime(2026, 10, 20, 12, tzinfo=UTC), datetime(2027, 3, 8, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("theirs", "mine", "since", "note"),
    [
        (
            "America/New_York",
            "Asia/Kolkata",
            AUTUMN,
            "in New York on Sun 1 Nov: from then Asha’s times are 60 minutes later",
        ),
        (
            "America/New_York",
            "Asia/Kolkata",
            SPRING,
            "in New York on Sun 14 Mar: from then Asha’s times are 60 minutes earlier",
        ),
        # America changes a week after Europe: for that week they are an hour nearer.
        (
            "America/New_York",
            "Europe/London",
            AUTUMN,
            "in London on Sun 25 Oct: from then Asha’s times are 60 minutes earlier",
        ),
        ("Australia/Lord_Howe", "Asia/Tokyo", datetime(2026, 3, 30, tzinfo=UTC), "30 minutes later"),
        ("Europe/Paris", "Europe/Berlin", AUTUMN, None),
        ("Asia/Kolkata", "Asia/Tokyo", AUTUMN, None),
        ("America/New_York", "Asia/Kolkata", datetime(2026, 7, 1, tzinfo=UTC), None),
    ],
)
def test_a_change_between_two_zones_is_announced_with_its_day_and_its_size(
    app: Flask, clock: Any, theirs: str, mine: str, since: datetime, note: str | None
) -> None:
    with app.test_request_context():
        found = clock_note("Asha", theirs, mine, 14, since)
    assert note in found if found and note else found == note, found
