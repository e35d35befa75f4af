"""Who writes receipts and statements: the platform's details for tax, from the settings. Pure."""

import re
from dataclasses import dataclass
from typing import Final

_SHAPE = re.compile(r"\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]")
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# "Other support services": what a platform that brings two people together bills its commission under.
SAC: Final = "998599"


@dataclass(frozen=True)
class Seller:
    """Name and address as registered, GSTIN, place of supply ("29, Karnataka") and service code. Empty: not said."""

    name: str = "PeerLearn"
    address: str = ""
    gstin: str = ""
    place: str = ""
    sac: str = SAC


def gstin_right(gstin: str) -> bool:
    """Whether a GSTIN has the right shape and check character.

    Fifteen letters: state, PAN, count, Z, check. The check is a sum over base 36 with weights 1 and 2 in turn, whose
    digits are added, taken from the next multiple of 36 (GSTN's own rule).
    """
    if not _SHAPE.fullmatch(gstin):
        return False
    total = 0
    for at, letter in enumerate(gstin[:14]):
        product = _DIGITS.index(letter) * (1 + at % 2)
        total += product // 36 + product % 36
    return _DIGITS[-total % 36] == gstin[14]
