"""A GSTIN is checked before it stands on paper."""

import pytest

from config.settings import Settings
from peerlearn.payments.seller import gstin_right


@pytest.mark.parametrize(
    ("gstin", "right"),
    [
        ("27AAPFU0939F1ZV", True),  # the example of the tax office's own manual
        ("29AAGCB7383J1Z4", True),
        ("27AAPFU0939F1ZW", False),
        ("27AAPFU0939F1Z", False),
        ("27aapfu0939f1zv", False),
        ("", False),
    ],
)
def test_the_last_letter_proves_the_others(gstin: str, right: bool) -> None:
    assert gstin_right(gstin) is right


def test_settings_refuse_a_misspelt_gstin_and_read_one_with_spaces() -> None:
    assert any("PLATFORM_GSTIN" in fault for fault in Settings.for_tests(platform_gstin="29AAGCB7383J1Z5").faults())
    settings = Settings.from_env({"PLATFORM_GSTIN": "29 aagcb7383j1z4", "PLATFORM_PLACE": "29, Karnataka"})
    assert (settings.seller.gstin, settings.seller.place) == ("29AAGCB7383J1Z4", "29, Karnataka")
