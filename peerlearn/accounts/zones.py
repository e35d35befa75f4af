"""Time zones by their present names. Browsers still tell some by the names of the 1990s. Pure."""

from peerlearn.clock import zone_or_none

# Unicode CLDR keeps these as identifiers, so `Intl` in Chromium and Safari reports them; IANA calls them links.
_RENAMED = {
    "Asia/Calcutta": "Asia/Kolkata", "Asia/Katmandu": "Asia/Kathmandu", "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "Asia/Rangoon": "Asia/Yangon", "Asia/Dacca": "Asia/Dhaka", "Asia/Thimbu": "Asia/Thimphu",
    "Asia/Macao": "Asia/Macau", "Asia/Ashkhabad": "Asia/Ashgabat", "Asia/Ulan_Bator": "Asia/Ulaanbaatar",
    "Europe/Kiev": "Europe/Kyiv", "Atlantic/Faeroe": "Atlantic/Faroe", "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Catamarca": "America/Argentina/Catamarca", "America/Cordoba": "America/Argentina/Cordoba",
    "America/Jujuy": "America/Argentina/Jujuy", "America/Mendoza": "America/Argentina/Mendoza",
    "America/Godthab": "America/Nuuk", "America/Indianapolis": "America/Indiana/Indianapolis",
    "America/Louisville": "America/Kentucky/Louisville", "Pacific/Ponape": "Pacific/Pohnpei", "Pacific/Truk": "Pacific/Chuuk",
    "Pacific/Enderbury": "Pacific/Kanton", "Africa/Asmera": "Africa/Asmara",
}  # fmt: skip

OLD_NAMES = frozenset(_RENAMED)


def present_zone(name: str | None) -> str | None:
    """Return a zone by its present IANA name, or None where there is no such zone."""
    if not name:
        return None
    name = _RENAMED.get(name, name)
    return name if zone_or_none(name) is not None else None
