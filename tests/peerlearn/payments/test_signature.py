import pytest

from peerlearn.payments.signature import sign, signed_by_any

RAW = b'{"event":"order.paid","amount":49900}'
CURRENT, PREVIOUS = "the current secret", "the previous secret"


def test_the_current_and_the_previous_secret_are_accepted() -> None:
    assert signed_by_any(RAW, sign(RAW, CURRENT), [CURRENT, PREVIOUS])
    assert signed_by_any(RAW, sign(RAW, PREVIOUS), [CURRENT, PREVIOUS])


@pytest.mark.parametrize("secrets", [[], [""], ["another secret"]])
def test_without_the_right_secret_everything_is_refused(secrets: list[str]) -> None:
    assert not signed_by_any(RAW, sign(RAW, CURRENT), secrets)
    assert not signed_by_any(RAW, sign(RAW, ""), secrets)


def test_any_flipped_byte_of_the_body_breaks_the_signature() -> None:
    signature = sign(RAW, CURRENT)
    for place in range(len(RAW)):
        flipped = RAW[:place] + bytes([RAW[place] ^ 1]) + RAW[place + 1 :]
        assert not signed_by_any(flipped, signature, [CURRENT])


def test_any_changed_sign_of_the_signature_breaks_it() -> None:
    signature = sign(RAW, CURRENT)
    for place, sign_there in enumerate(signature):
        other = "0" if sign_there != "0" else "1"
        assert not signed_by_any(RAW, signature[:place] + other + signature[place + 1 :], [CURRENT])


@pytest.mark.parametrize("header", [None, "", "é", "\ud800", "0" * 63, "0" * 64 + "\n"])
def test_a_missing_or_garbled_header_is_refused_and_not_an_error(header: str | None) -> None:
    assert not signed_by_any(RAW, header, [CURRENT])
