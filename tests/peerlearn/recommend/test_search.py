"""Search: by words and meaning, kindly with spelling, exactly with filters."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from peerlearn.adapters.annoy_index import AnnoyVectorIndex
from peerlearn.artifacts.models import Artifact
from peerlearn.catalog import service as catalog
from peerlearn.clock import now
from peerlearn.kernel import db
from peerlearn.recommend import embeddings, service, standings
from peerlearn.recommend.models import Embedding
from peerlearn.recommend.queries import Filters, SearchResult, explain, search
from tests.peerlearn.recommend.catalogue import Catalogue
from tests.peerlearn.recommend.test_feed import learner_of

ZONE = "Asia/Kolkata"
Encode = Callable[[str], Any]


def found(catalogue: Catalogue, encode: Encode, filters: Filters | str, viewer: int | None = None) -> SearchResult:
    if isinstance(filters, str):
        filters = Filters(text=filters)
    return search(filters, viewer, ZONE, index=catalogue.index, encode=encode, dictionary=catalogue.encoder.dictionary)


def names(result: SearchResult) -> list[str]:
    return [card.mentor.first_name for card in result.cards]


def test_misspelt_calculus_finds_calculus_and_says_how_it_was_read(catalogue: Catalogue, encode: Encode) -> None:
    result = found(catalogue, encode, "calclus integrls")
    assert names(result)[0] == "Asha"
    assert set(names(result)) <= {"Asha", "Daniel", "Meera"}
    assert result.words == "calculus, integrals"
    assert result.cards[0].reason.kind == "teaches"


def test_meaning_is_found_in_other_words(catalogue: Catalogue, encode: Encode) -> None:
    assert names(found(catalogue, encode, "my sql is slow"))[0] == "Lena"
    assert names(found(catalogue, encode, "tenancy and landlords"))[0] in {"Yuki", "Tomas"}
    assert "Chiamaka" in names(found(catalogue, encode, "improve my spoken english for university abroad"))[:2]


def test_a_name_is_found(catalogue: Catalogue, encode: Encode) -> None:
    assert names(found(catalogue, encode, "gurpreet"))[0] == "Gurpreet"


def test_nonsense_finds_nobody_and_empty_text_lists_everyone(catalogue: Catalogue, encode: Encode) -> None:
    assert found(catalogue, encode, "zxqv blorf").total == 0
    assert len(found(catalogue, encode, "").cards) == 12


def test_filters_combine(catalogue: Catalogue, encode: Encode) -> None:
    assert set(names(found(catalogue, encode, Filters(price_paise=30000)))) == {"Meera", "Yuki"}
    assert set(names(found(catalogue, encode, Filters(languages=("hi",), level="beginner", price_paise=40000)))) == {
        "Meera", "Gurpreet", "Zainab",
    }  # fmt: skip
    assert names(found(catalogue, encode, Filters(text="calculus", languages=("hi",), price_paise=30000))) == ["Meera"]
    assert set(names(found(catalogue, encode, Filters(topic="law")))) == {"Tomas", "Yuki"}


def test_rating_and_time_of_day_narrow(catalogue: Catalogue, encode: Encode) -> None:
    learner = learner_of(catalogue)
    catalogue.lesson(learner, "Asha", stars=5)
    catalogue.lesson(learner, "Daniel", stars=3)
    standings.standings_refresh()
    assert names(found(catalogue, encode, Filters(stars="4.5"))) == ["Asha"]
    catalog.weekly_hours_set(catalogue.ids["Carlos"], [(day, 6 * 60, 8 * 60) for day in range(7)])
    mornings = found(catalogue, encode, Filters(text="guitar", time="evenings"))
    assert "Carlos" not in names(mornings)
    assert "Nilufar" in names(mornings)
    early = found(catalogue, encode, Filters(text="guitar", time="mornings"))
    assert "Carlos" in names(early)


def test_orders(catalogue: Catalogue, encode: Encode) -> None:
    prices = [card.mentor.price_paise for card in found(catalogue, encode, Filters(sort="price")).cards]
    assert prices == sorted(prices)
    starts = [card.slots[0] for card in found(catalogue, encode, Filters(sort="soonest")).cards]
    assert starts == sorted(starts)


def test_a_mentor_newer_than_the_index_is_found_by_words_and_meaning(
    catalogue: Catalogue, encode: Encode, clock: Any
) -> None:
    version = catalogue.index.version
    clock.move(minutes=5)
    catalogue.mentor("Sana Mirza", "law", 399, ["en"], [], "Patents for inventors",
                     "How to protect what you have invented, and what a patent costs.")  # fmt: skip
    embeddings.mentor_embed(catalogue.ids["Sana"], encoder=catalogue.encoder)
    assert names(found(catalogue, encode, "intellectual property of my invention"))[0] == "Sana"
    assert names(found(catalogue, encode, "patents"))[0] == "Sana"
    assert catalogue.index.version == version


def test_a_changed_text_is_embedded_anew_and_an_equal_one_is_not(catalogue: Catalogue) -> None:
    assert embeddings.all_embed(encoder=catalogue.encoder) == 0
    catalog.mentor_profile_save(catalogue.ids["Yuki"], headline="Employment contracts, line by line")
    assert embeddings.all_embed(encoder=catalogue.encoder) == 1
    assert service.index_rebuild(index=catalogue.index, encoder=catalogue.encoder) == catalogue.index.version + 1
    assert service.index_rebuild(index=catalogue.index, encoder=catalogue.encoder) is None


def test_without_an_encoder_words_decide(catalogue: Catalogue) -> None:
    result = found(catalogue, lambda _text: None, "calclus")
    assert set(names(result)) == {"Asha", "Daniel", "Meera"}


def test_without_index_and_vectors_words_still_find(catalogue: Catalogue, encode: Encode, tmp_path: Path) -> None:
    db.session.execute(sa.delete(Artifact))
    db.session.execute(sa.delete(Embedding))
    db.session.commit()
    bare = Catalogue(catalogue.encoder, AnnoyVectorIndex(tmp_path / "bare", look_every_seconds=0))
    assert set(names(found(bare, encode, "guitar chords"))) == {"Carlos", "Nilufar"}
    assert found(bare, encode, "").total == 12


def test_a_visitor_and_a_learner_get_the_reason_again_on_tap(catalogue: Catalogue) -> None:
    card = explain(catalogue.ids["Asha"], "calclus", None, ZONE, index=catalogue.index)
    assert card is not None
    assert (card.reason.kind, card.reason.words) == ("teaches", {"topic": "Calculus"})
    learner = learner_of(catalogue, "calculus")
    service.mentor_hide(learner, catalogue.public_id("Asha"))
    hidden = explain(catalogue.ids["Asha"], "", learner, ZONE, index=catalogue.index)
    assert hidden is not None
    assert hidden.reason.kind == "chose"


def test_past_and_full_never_show(catalogue: Catalogue, encode: Encode) -> None:
    for result in (found(catalogue, encode, "calculus"), found(catalogue, encode, "")):
        assert all(slot > now() + timedelta(minutes=14) for card in result.cards for slot in card.slots)
