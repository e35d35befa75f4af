import threading

import pytest
from flask import Flask

from peerlearn.accounts import service as accounts
from peerlearn.kernel import transactional
from peerlearn.notifications import queries, service


@pytest.fixture
def user_id(app: Flask) -> int:
    return accounts.account_create("asha@peerlearn.test", "correct horse battery", "Asha").id


def test_the_same_news_is_told_once(user_id: int) -> None:
    first = service.notify(user_id, "reminder", "Soon", dedupe_key="r:1")
    assert first is not None
    assert service.notify(user_id, "reminder", "Soon", dedupe_key="r:1") is None
    assert queries.unread_count(user_id) == 1


def test_two_who_tell_at_once_tell_once(app: Flask, user_id: int) -> None:
    told: list[bool] = []

    def tell() -> None:
        with app.app_context():
            told.append(service.notify(user_id, "reminder", "Soon", dedupe_key="r:2") is not None)

    threads = [threading.Thread(target=tell) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [False] * 5 + [True]


def test_news_of_what_did_not_happen_is_not_told(user_id: int) -> None:
    @transactional
    def book() -> None:
        service.notify(user_id, "booked", "Booked")
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        book()
    assert queries.unread_count(user_id) == 0


def test_a_repeat_inside_a_longer_transaction_harms_nothing(user_id: int) -> None:
    @transactional
    def twice() -> None:
        service.notify(user_id, "a", "A", dedupe_key="k")
        service.notify(user_id, "a", "A", dedupe_key="k")
        service.notify(user_id, "b", "B")

    twice()
    assert [row.kind for row in queries.notifications_for(user_id)] == ["b", "a"]


def test_reading_counts_only_ones_own(app: Flask, user_id: int) -> None:
    other = accounts.account_create("other@peerlearn.test", "correct horse battery", "Other").id
    mine, theirs = service.notify(user_id, "a", "A"), service.notify(other, "a", "A")
    assert mine is not None
    assert theirs is not None
    assert service.notifications_read(user_id, [theirs.public_id]) == 0
    assert service.notifications_read(user_id, [mine.public_id]) == 1
    assert (queries.unread_count(user_id), queries.unread_count(other)) == (0, 1)
    assert queries.notification_id_of(user_id, theirs.public_id) is None


def test_catching_up_gives_what_came_after_in_order(user_id: int) -> None:
    rows = [service.notify(user_id, "n", str(number)) for number in range(4)]
    assert rows[0] is not None
    missed = queries.notifications_for(user_id, after_id=rows[0].id)
    assert [row.title for row in missed] == ["1", "2", "3"]
