import threading
import time

import pytest
from flask import Flask

from peerlearn.accounts import passwords, queries, service
from peerlearn.accounts.zones import present_zone
from peerlearn.errors import Conflict, Invalid, NotAllowed, PeerLearnError

GOOD = "correct horse battery"


def test_an_address_has_one_account_in_any_case(app: Flask) -> None:
    service.account_create("Asha@PeerLearn.test", GOOD, "Asha")
    with pytest.raises(Conflict) as refused:
        service.account_create("asha@peerlearn.TEST", GOOD, "Asha again")
    assert refused.value.code == "email_taken"


def test_two_sign_ups_at_once_make_one_account(app: Flask) -> None:
    outcomes: list[str] = []

    def sign_up() -> None:
        with app.app_context():
            try:
                service.account_create("twice@peerlearn.test", GOOD, "Twice")
                outcomes.append("made")
            except PeerLearnError as error:
                outcomes.append(error.code)

    threads = [threading.Thread(target=sign_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["email_taken", "email_taken", "email_taken", "made"]


def test_the_right_password_finds_the_person_and_a_wrong_one_nobody(app: Flask) -> None:
    made = service.account_create("asha@peerlearn.test", GOOD, "Asha")
    found = service.account_check(" ASHA@peerlearn.test", GOOD)
    assert found is not None
    assert found.id == made.id
    assert service.account_check("asha@peerlearn.test", "wrong") is None
    assert service.account_check("nobody@peerlearn.test", GOOD) is None
    assert service.account_check("no address at all", GOOD) is None


def test_an_unknown_address_costs_as_much_time_as_a_wrong_password() -> None:
    stored = passwords.hash_password(GOOD)

    def cost(hashed: str | None) -> float:
        times = []
        for _ in range(7):
            began = time.thread_time()
            passwords.check_password(hashed, "wrong")
            times.append(time.thread_time() - began)
        return sorted(times)[3]

    assert 0.4 < cost(None) / cost(stored) < 2.5


def test_a_password_hash_is_argon2id_and_an_older_one_is_renewed() -> None:
    assert passwords.hash_password(GOOD).startswith("$argon2id$")
    old = passwords.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(GOOD)
    matches, renewed = passwords.check_password(old, GOOD)
    assert matches
    assert renewed is not None
    assert renewed != old


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("short", "short"), ("x" * 300, "long"), ("Password123", "common"), ("aaaaaaaaaa", "common"),
        ("asha@peerlearn.test", "personal"), ("ordinary sentence", None),
    ],
)  # fmt: skip
def test_a_new_password_must_be_hard_to_guess(password: str, problem: str | None) -> None:
    assert passwords.password_problem(password, email="asha@peerlearn.test", name="Asha") == problem


def test_hashing_goes_through_the_offload_port(app: Flask) -> None:
    offloaded: list[str] = []

    def offload(function, *args):
        offloaded.append(function.__name__)
        return function(*args)

    service.account_create("asha@peerlearn.test", GOOD, "Asha", offload=offload)
    service.account_check("asha@peerlearn.test", GOOD, offload=offload)
    assert offloaded == ["hash_password", "check_password"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "asha"}, "email"), ({"name": "  "}, "name"), ({"password": "1234567"}, "password"),
        ({"name": "x" * 81}, "name"),
    ],
)  # fmt: skip
def test_a_wrong_sign_up_names_the_field(app: Flask, values: dict[str, str], field: str) -> None:
    form = {"email": "asha@peerlearn.test", "password": GOOD, "name": "Asha", **values}
    with pytest.raises(Invalid) as refused:
        service.account_create(form["email"], form["password"], form["name"])
    assert refused.value.field == field


def test_a_ban_ends_every_sign_in_and_tells_the_reason_only_to_who_knows_the_password(app: Flask) -> None:
    user = service.account_create("rude@peerlearn.test", GOOD, "Rude")
    admin = service.account_create("admin@peerlearn.test", GOOD, "Admin")
    key = user.get_id()
    assert queries.user_of_sign_in(key) is not None
    service.user_ban(user.id, admin.id, "Asked for money outside.")
    assert queries.user_of_sign_in(key) is None
    with pytest.raises(NotAllowed, match="Asked for money outside"):
        service.account_check("rude@peerlearn.test", GOOD)
    assert service.account_check("rude@peerlearn.test", "wrong") is None
    service.user_unban(user.id)
    assert service.account_check("rude@peerlearn.test", GOOD) is not None
    assert queries.user_of_sign_in(key) is None, "an old sign-in stays ended"


def test_nobody_bans_themselves_or_an_administrator_or_without_a_reason(app: Flask) -> None:
    admin = service.account_create("admin@peerlearn.test", GOOD, "Admin")
    other = service.account_create("other@peerlearn.test", GOOD, "Other")
    with pytest.raises(NotAllowed):
        service.user_ban(admin.id, admin.id, "Me")
    with pytest.raises(Invalid):
        service.user_ban(other.id, admin.id, "  ")


def test_a_new_password_ends_every_sign_in(app: Flask) -> None:
    user = service.account_create("asha@peerlearn.test", GOOD, "Asha")
    key = user.get_id()
    service.password_set(user.id, "another good sentence")
    assert queries.user_of_sign_in(key) is None
    assert service.account_check("asha@peerlearn.test", GOOD) is None
    assert service.account_check("asha@peerlearn.test", "another good sentence") is not None


@pytest.mark.parametrize(
    ("told", "kept"),
    [("Asia/Calcutta", "Asia/Kolkata"), ("Europe/Kiev", "Europe/Kyiv"), ("Europe/London", "Europe/London"),
     ("Mars/Base", None), ("", None)],
)  # fmt: skip
def test_a_zone_is_kept_by_its_present_name(told: str, kept: str | None) -> None:
    assert present_zone(told) == kept
