"""Ranking, diversity, taste, filters and words: rules without a database."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerlearn.recommend.cards import spread
from peerlearn.recommend.filters import Filters, parse_filters, suits
from peerlearn.recommend.lexicon import Lexicon, stem
from peerlearn.recommend.rank import (
    Candidate,
    diversified,
    is_new,
    ranked,
    relevant,
    score_of,
    shrunk_stars,
    with_new_faces,
)
from peerlearn.recommend.taste import Deed, taste_of
from peerlearn.recommend.texts import learner_text, mentor_text, text_hash

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
OLD = AT - timedelta(days=300)


def axis(position: int) -> np.ndarray:
    vector = np.zeros(384, np.float32)
    vector[position] = 1
    return vector


# --- ranking


def test_two_perfect_ratings_do_not_beat_three_hundred_very_good_ones() -> None:
    assert shrunk_stars(10, 2) < shrunk_stars(1470, 300)


def test_the_nearer_the_rated_and_the_sooner_free_come_first() -> None:
    base = Candidate(1, OLD, closeness=0.5)
    nearer = Candidate(2, OLD, closeness=0.6)
    rated = Candidate(3, OLD, closeness=0.5, stars_total=490, stars_count=100)
    soon = Candidate(4, OLD, closeness=0.5, first_free=AT + timedelta(hours=1))
    assert all(score_of(other, AT) > score_of(base, AT) for other in (nearer, rated, soon))


def test_neighbours_of_what_was_hidden_drop_and_strangers_to_it_do_not() -> None:
    base = Candidate(1, OLD, closeness=0.5)
    assert score_of(Candidate(2, OLD, closeness=0.5, like_hidden=0.8), AT) < score_of(base, AT) - 0.1
    assert score_of(Candidate(3, OLD, closeness=0.5, like_hidden=0.1), AT) == score_of(base, AT)


def test_new_means_recent_and_hardly_rated() -> None:
    assert is_new(Candidate(1, AT - timedelta(days=3)), AT)
    assert not is_new(Candidate(1, AT - timedelta(days=3), stars_count=9), AT)
    assert not is_new(Candidate(1, OLD), AT)


def test_results_far_below_the_best_are_no_answer() -> None:
    found = relevant(
        [Candidate(1, OLD, closeness=0.6), Candidate(2, OLD, closeness=0.4), Candidate(3, OLD, closeness=0.1)]
    )
    assert [candidate.mentor_id for candidate in found] == [1, 2]
    assert relevant([Candidate(1, OLD, closeness=0.12)]) == []


@given(st.lists(st.integers(0, 4), max_size=60))
def test_never_more_than_three_of_a_kind_in_any_ten(kinds: list[int]) -> None:
    chosen = diversified(list(enumerate(kinds)), lambda item: [item[1]])
    for start in range(len(chosen)):
        window = [kind for _, kind in chosen[start : start + 10]]
        assert all(window.count(kind) <= 3 for kind in window)
    assert len({place for place, _ in chosen}) == len(chosen)


def test_diversity_keeps_the_order_of_what_it_keeps() -> None:
    assert diversified(["a1", "a2", "a3", "a4", "b1"], lambda item: [item[0]]) == ["a1", "a2", "a3", "b1"]


def test_each_ten_show_a_new_face_while_there_are_any() -> None:
    items = list(range(30))
    shown = with_new_faces(items, lambda item: item in (15, 25))
    assert 15 in shown[:10]
    assert any(item in (15, 25) for item in shown[10:20])
    assert sorted(shown) == items


def test_equal_scores_keep_one_order() -> None:
    many = [Candidate(number, OLD, closeness=0.5) for number in (5, 3, 9, 1)]
    assert [candidate.mentor_id for candidate in ranked(many, AT)] == [1, 3, 5, 9]


# --- taste


def test_a_booking_bends_the_taste_towards_the_mentor_and_hiding_away() -> None:
    told, guitar = axis(0), axis(1)
    booked = taste_of(told, [Deed("booked", 7, 1, AT)], {7: guitar}, AT)
    hidden = taste_of(told, [Deed("hidden", 7, 1, AT)], {7: guitar}, AT)
    assert booked is not None
    assert hidden is not None
    assert booked @ guitar > 0.3 > 0 > hidden @ guitar
    assert np.linalg.norm(booked) == pytest.approx(1, abs=1e-5)


def test_old_deeds_fade_and_bad_lessons_count_against() -> None:
    def pull(deed: Deed) -> float:
        bent = taste_of(axis(0), [deed], {7: axis(1)}, AT)
        assert bent is not None
        return float(bent @ axis(1))

    fresh = pull(Deed("booked", 7, 1, AT))
    assert fresh > pull(Deed("booked", 7, 1, AT - timedelta(days=90))) > 0
    assert pull(Deed("booked", 7, 1, AT, stars=1)) < 0 < pull(Deed("viewed", 7, 1, AT)) < fresh


def test_a_hundred_looks_do_not_drown_what_a_learner_said() -> None:
    bent = taste_of(axis(0), [Deed("viewed", 7, n, AT) for n in range(100)], {7: axis(1)}, AT)
    assert bent is not None
    assert bent @ axis(0) > 0.4


def test_nothing_known_is_no_taste() -> None:
    assert taste_of(None, [], {}, AT) is None


# --- words

LEXICON = Lexicon(
    {
        1: ("Asha Raghavan Integrals, from the picture up Calculus", "Mathematics limits and derivatives London"),
        2: ("Gurpreet Singh Loops in Python Python", "Computing variables C++ beginners"),
        3: ("Inês Carvalho Olympiad geometry", "hard problems, español too"),
    }
)


def test_misspelt_words_are_read_as_they_were_meant() -> None:
    reading = LEXICON.read("calclus integrls", is_word=lambda _word: False)
    assert (reading.words, reading.mended) == (("calculus", "integrals"), True)
    assert LEXICON.scores(reading.words).keys() == {1}


def test_a_known_word_is_no_typo_and_exact_words_stay() -> None:
    assert not LEXICON.read("pythons limit", is_word=lambda _word: True).mended
    assert LEXICON.read("calclus", exact=True).words == ("calclus",)


def test_plurals_accents_case_and_signs_find_each_other() -> None:
    assert LEXICON.scores(["limit"]).keys() == {1}
    assert LEXICON.scores(LEXICON.read("INES").words).keys() == {3}
    assert LEXICON.scores(LEXICON.read("espanol").words).keys() == {3}
    assert LEXICON.scores(LEXICON.read("c++").words).keys() == {2}
    assert stem("classes") == "class"
    assert stem("calculus") == "calculus"


def test_a_strong_place_counts_more_and_filler_words_do_not() -> None:
    assert LEXICON.read("i want to learn python please").words == ("python",)
    scores = Lexicon({1: ("guitar", "music music"), 2: ("music", "guitar")}).scores(["guitar"])
    assert scores[1] > scores[2]
    assert all(0 < score <= 1 for score in scores.values())


# --- texts


def test_equal_facts_give_equal_texts_in_any_order() -> None:
    assert mentor_text("A.", ["x", "y"], "b") == mentor_text("A", ["y", "x"], "b ")
    assert learner_text([], "") == ""
    assert text_hash("a") != text_hash("b")


# --- filters

FILTERS = Filters(
    text="organic chemistry", price_paise=60000, languages=("en", "hi"), level="beginner", stars="4.5", time="tonight",
    topic="chemistry", online=True, sort="price", exact=True, page=3,
)  # fmt: skip


def test_a_search_survives_its_own_address() -> None:
    args = {name: value if isinstance(value, list) else [value] for name, value in FILTERS.to_args().items()}
    assert parse_filters(args) == FILTERS
    assert Filters().to_args() == {}


@pytest.mark.parametrize(
    "args",
    [{"price": ["-5"]}, {"price": ["٣"]}, {"price": ["9" * 400]}, {"page": ["0"]}, {"page": ["x"]}, {"lang": ["xx", ""]},
     {"stars": ["9"]}, {"time": ["never"]}, {"sort": ["random"]}, {"level": []}],
)  # fmt: skip
def test_nonsense_in_the_address_narrows_nothing(args: dict[str, list[str]]) -> None:
    parsed = parse_filters(args)
    assert not parsed.narrowed
    assert parsed.page == 1


def test_another_filter_begins_at_the_first_page() -> None:
    assert FILTERS.but(level="").page == 1


def test_parts_of_the_day_are_the_viewers_own() -> None:
    evening = datetime(2026, 3, 4, 13, 0, tzinfo=UTC)  # 18:30 in Kolkata, 13:00 in London
    assert suits(evening, "tonight", "Asia/Kolkata", AT)
    assert not suits(evening, "tonight", "Europe/London", AT)
    assert suits(evening, "afternoons", "Europe/London", AT)
    assert suits(evening + timedelta(days=1), "tomorrow", "Asia/Kolkata", AT)
    assert suits(evening + timedelta(days=3), "weekend", "Asia/Kolkata", AT)


def test_three_times_on_a_card_are_a_choice() -> None:
    day = [AT + timedelta(minutes=30 * n) for n in range(8)]
    morrow = [start + timedelta(days=1) for start in day]
    assert spread([*day, *morrow], "UTC") == (day[0], day[3], morrow[0])
    assert spread(day, "UTC") == (day[0], day[3], day[6])
    assert spread(day[:2], "UTC") == tuple(day[:2])
