"""The months and years of tax: India's calendar, for everybody. Pure.

GST and income tax are counted by the day and month of India. A statement is the same paper for a person, for us and
for the state, so its months do not follow the zone that somebody lives in or moves to.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self
from zoneinfo import ZoneInfo

from peerlearn.clock import UTC

INDIA: Final = "Asia/Kolkata"
_ZONE: Final = ZoneInfo(INDIA)
_NAME = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
FIRST_OF_YEAR: Final = 4  # India's financial year begins in April
# What was posted in a month's last moment may still be on its way into the books.
CLOSED_AFTER: Final = timedelta(hours=1)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """One month of India's calendar: from its first midnight up to the next one's."""

    year: int
    number: int

    @classmethod
    def of(cls, instant: datetime) -> Self:
        """The month in which an instant lies."""
        there = instant.astimezone(_ZONE)
        return cls(there.year, there.month)

    @classmethod
    def named(cls, name: str) -> Self | None:
        """Read "2026-11"; None for anything else."""
        found = _NAME.fullmatch(name)
        return cls(int(found[1]), int(found[2])) if found else None

    @property
    def name(self) -> str:
        """ "2026-11"."""
        return f"{self.year}-{self.number:02d}"

    @property
    def next(self) -> "Month":
        """The month after it."""
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def starts_at(self) -> datetime:
        """Its first instant."""
        return datetime(self.year, self.number, 1, tzinfo=_ZONE).astimezone(UTC)

    @property
    def ends_at(self) -> datetime:
        """The first instant after it."""
        return self.next.starts_at

    @property
    def financial_year(self) -> str:
        """ "26-27" for April 2026 to March 2027."""
        begins = self.year if self.number >= FIRST_OF_YEAR else self.year - 1
        return f"{begins % 100:02d}-{(begins + 1) % 100:02d}"

    def closed(self, at: datetime) -> bool:
        """Whether nothing is added to it any more."""
        return at >= self.ends_at + CLOSED_AFTER


def financial_years(since: datetime, until: datetime) -> list[tuple[str, datetime, datetime]]:
    """Each financial year that two instants touch, oldest first: its name, its first instant, the first one after it."""
    first, last = Month.of(since), Month.of(until)
    begins = first.year if first.number >= FIRST_OF_YEAR else first.year - 1
    years = []
    while Month(begins, FIRST_OF_YEAR) <= last:
        month = Month(begins, FIRST_OF_YEAR)
        years.append((month.financial_year, month.starts_at, Month(begins + 1, FIRST_OF_YEAR).starts_at))
        begins += 1
    return years
