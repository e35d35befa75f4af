"""The week editor: form fields <-> weekly ranges. Pure.

Fields are `d<weekday>_on`, `d<weekday>_from`, `d<weekday>_to` and, for a second range, `d<weekday>_from2`, `d<weekday>_to2`.
"""

from collections.abc import Iterable, Mapping

from peerlearn.errors import Invalid

Range = tuple[int, int, int]  # weekday (0 = Monday), start minute, end minute

PRESETS: dict[str, list[Range]] = {
    "weekday_evenings": [(day, 18 * 60, 21 * 60) for day in range(5)],
    "weekends": [(day, 10 * 60, 18 * 60) for day in (5, 6)],
    "mornings": [(day, 6 * 60 + 30, 9 * 60) for day in range(6)],
}
DAY_END = 24 * 60


def parse_clock(text: str, *, is_end: bool = False) -> int:
    """Return "18:30" as minutes since midnight; an end of "00:00" is the end of the day. Raises Invalid.

    A phone's number pad has no colon, so "1830" and "18" are understood too.
    """
    plain = text.strip()
    if plain.isdigit():
        plain = f"{plain[:-2]}:{plain[-2:]}" if len(plain) > 2 else f"{plain}:00"
    hours, _, minutes = plain.partition(":")
    if not (hours.isdigit() and minutes.isdigit() and int(hours) < 25 and int(minutes) < 60):
        raise Invalid("Write times like 18:30.", code="bad_time", field="hours")
    found = int(hours) * 60 + int(minutes)
    if is_end and found == 0:
        return DAY_END
    return found


def show_clock(minute: int) -> str:
    """Return minutes since midnight as "18:30"; the end of the day is "00:00"."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def parse_week(form: Mapping[str, str]) -> list[Range]:
    """Read the week editor. Raises Invalid where a range has no end or ends before it begins."""
    week: list[Range] = []
    for day in range(7):
        if not form.get(f"d{day}_on"):
            continue
        for suffix in ("", "2"):
            start, end = form.get(f"d{day}_from{suffix}", ""), form.get(f"d{day}_to{suffix}", "")
            if not start and not end:
                continue
            found = (day, parse_clock(start), parse_clock(end, is_end=True))
            if found[1] >= found[2]:
                raise Invalid("Each range of hours must end after it begins.", code="bad_hours", field="hours")
            week.append(found)
    return week


def week_form(ranges: Iterable[Range]) -> dict[str, str]:
    """Fill the week editor's fields from ranges (at most two a day are shown)."""
    form: dict[str, str] = {}
    seen: dict[int, int] = {}
    for day, start, end in sorted(ranges):
        count = seen.get(day, 0)
        if count > 1:
            continue
        suffix = "2" if count else ""
        form |= {
            f"d{day}_on": "1",
            f"d{day}_from{suffix}": show_clock(start),
            f"d{day}_to{suffix}": show_clock(end),
        }
        seen[day] = count + 1
    return form
