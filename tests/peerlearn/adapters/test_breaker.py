"""A partner who does not answer is left in peace, ever longer, and asked by one before all ask again."""

from datetime import timedelta

from peerlearn.adapters.breaker import FAILURES_IN_A_ROW, Breaker
from peerlearn.clock import MovableClock


def broken(chance: float = 0.0) -> Breaker:
    breaker = Breaker(chance=lambda: chance)
    for _ in range(FAILURES_IN_A_ROW):
        assert breaker.may_ask()
        breaker.failed()
    return breaker


def rests(breaker: Breaker, clock: MovableClock) -> list[float]:
    """The seconds of the next rests, where every one that asks fails."""
    found = []
    for _ in range(7):
        began = clock.now()
        while not breaker.may_ask():
            clock.move(milliseconds=250)
        found.append((clock.now() - began) / timedelta(seconds=1))
        breaker.failed()
    return found


def test_a_few_failures_among_answers_stop_nobody(clock: MovableClock) -> None:
    breaker = Breaker()
    for _ in range(20):
        breaker.failed()
        breaker.answered()
        assert breaker.may_ask()


def test_the_rest_doubles_up_to_half_a_minute(clock: MovableClock) -> None:
    assert rests(broken(), clock) == [1, 2, 4, 8, 16, 30, 30]


def test_by_chance_a_rest_is_up_to_half_shorter_so_that_processes_do_not_return_together(clock: MovableClock) -> None:
    assert rests(broken(chance=1.0), clock) == [0.5, 1, 2, 4, 8, 15, 15]


def test_after_a_rest_one_asks_for_all_and_its_answer_opens_the_door(clock: MovableClock) -> None:
    breaker = broken()
    clock.move(seconds=1)
    assert [breaker.may_ask() for _ in range(3)] == [True, False, False]
    breaker.answered()
    assert [breaker.may_ask() for _ in range(3)] == [True, True, True]
