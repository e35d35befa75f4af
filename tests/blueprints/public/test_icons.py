"""Icons: drawn inline, named where no word stands beside them."""

import pytest

from blueprints.icons import icon


def test_an_icon_without_a_label_is_hidden_from_screen_readers() -> None:
    assert 'aria-hidden="true"' in icon("bell")


def test_an_icon_with_a_label_is_an_image_with_a_name() -> None:
    drawn = icon("bell", label='Bell "<b>"')
    assert 'role="img"' in drawn
    assert "<b>" not in drawn


def test_small_icons_have_a_stronger_stroke() -> None:
    assert 'stroke-width="2.1"' in icon("check", 16)
    assert 'stroke-width="1.75"' in icon("check", 20)


@pytest.mark.parametrize("name", ["no-such-icon", "../secret", ""])
def test_a_name_that_does_not_exist_is_told_at_once(name: str) -> None:
    with pytest.raises(LookupError):
        icon(name)
