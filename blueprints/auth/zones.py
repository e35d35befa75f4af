"""The list of time zones that a form offers."""

from functools import lru_cache
from zoneinfo import available_timezones

from blueprints.filters import zone_city
from peerlearn.accounts.zones import OLD_NAMES

REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@lru_cache(maxsize=1)
def zone_options() -> list[tuple[str, str]]:
    """All zones that people live in, as (name, "City, Region"), by city."""
    names = [name for name in available_timezones() if name.split("/", 1)[0] in REGIONS and name not in OLD_NAMES]
    options = [(name, f"{zone_city(name)}, {name.split('/', 1)[0]}") for name in names]
    return sorted(options, key=lambda option: option[1])
