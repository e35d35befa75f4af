"""Weekly opening hours, as presets of wall time in the mentor's own zone, and the zone of each city."""

Window = tuple[int, int, int]
"""(weekday, start minute, end minute); Monday is 0."""


def _week(days: str, *spans: tuple[float, float]) -> list[Window]:
    """Spell a week out: `days` as digits, spans in hours."""
    return [(int(day), round(start * 60), round(end * 60)) for day in days for start, end in spans]


PRESETS: dict[str, list[Window]] = {
    "mornings": _week("012345", (6.5, 11)),
    "daytime": _week("01234", (10, 17.5)) + _week("56", (10.5, 15)),
    "afternoons": _week("01234", (13, 18.5)) + _week("6", (12, 16)),
    "teacher": _week("01234", (16, 20.5)) + _week("5", (9, 13)),
    "evenings": _week("01234", (18, 22)) + _week("56", (16, 21)),
    "evenings-late": _week("0135", (19, 23)) + _week("6", (17, 22)),
    "nights": _week("01236", (20, 23.5)) + _week("4", (21, 23.5)),
    "weekends": _week("56", (10, 18)) + _week("4", (18, 21)),
    "wide": _week("0123456", (8, 12), (14, 22)),
}

ZONES: dict[str, str] = {
    "London": "Europe/London", "Manchester": "Europe/London", "Edinburgh": "Europe/London", "Glasgow": "Europe/London",
    "Dublin": "Europe/Dublin", "Lisbon": "Europe/Lisbon", "Porto": "Europe/Lisbon", "Madrid": "Europe/Madrid",
    "Paris": "Europe/Paris", "Lyon": "Europe/Paris", "Hamburg": "Europe/Berlin", "Leipzig": "Europe/Berlin",
    "Utrecht": "Europe/Amsterdam", "Zürich": "Europe/Zurich", "Stockholm": "Europe/Stockholm",
    "Bergen": "Europe/Oslo", "Kraków": "Europe/Warsaw", "Kyiv": "Europe/Kyiv", "Sofia": "Europe/Sofia",
    "Istanbul": "Europe/Istanbul", "Cairo": "Africa/Cairo", "Amman": "Asia/Amman", "Dubai": "Asia/Dubai",
    "Nairobi": "Africa/Nairobi", "Lagos": "Africa/Lagos", "Abuja": "Africa/Lagos", "Accra": "Africa/Accra",
    "Kumasi": "Africa/Accra", "Abidjan": "Africa/Abidjan", "Dakar": "Africa/Dakar", "Maputo": "Africa/Maputo",
    "Durban": "Africa/Johannesburg", "Karachi": "Asia/Karachi", "Tashkent": "Asia/Tashkent", "Dhaka": "Asia/Dhaka",
    "Singapore": "Asia/Singapore", "Osaka": "Asia/Tokyo", "Sapporo": "Asia/Tokyo", "Seoul": "Asia/Seoul",
    "Busan": "Asia/Seoul", "Toronto": "America/Toronto", "São Paulo": "America/Sao_Paulo",
    "Bogotá": "America/Bogota", "Cusco": "America/Lima",
}  # fmt: skip


def zone_of(city: str) -> str:
    """The IANA zone of a demonstration city. Every city that is not listed is in India."""
    return ZONES.get(city, "Asia/Kolkata")
