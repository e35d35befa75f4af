"""Hindi ships beside English: no sentence is left behind, none loses what is filled into it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from flask import Flask

from blueprints.errors import told
from config.devkit import catalogue
from peerlearn.errors import Conflict

COVERED = 0.95
PLACES = ["%(name)s pays", "You receive {mentor}.", "%(n)s%% of it", "80% returns."]


@pytest.fixture(scope="module")
def hindi() -> Catalog:
    return catalogue.read("hi", catalogue.catalogues()["hi"])


@pytest.fixture(scope="module")
def said_now() -> Catalog:
    return catalogue.collect()


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    catalogue.compile_all()


def _sentences(kept: Catalog) -> Iterator[Message]:
    return (message for message in kept if message.id)


def test_every_hindi_sentence_keeps_what_is_filled_in(hindi: Catalog) -> None:
    assert not {message.id: lost for message in _sentences(hindi) if (lost := catalogue.lost_places(message))}


@pytest.mark.parametrize("english", PLACES)
def test_a_lost_place_is_noticed(english: str) -> None:
    assert catalogue.lost_places(Message(english, english)) == []
    assert catalogue.lost_places(Message(english, f"{english} {{more}}")) != []


def test_no_page_asks_for_an_empty_sentence(said_now: Catalog) -> None:
    # The empty sentence is the catalogue's own header: a page would show the header.
    assert not [message.locations for message in said_now if not message.id and message.locations]


def test_hindi_covers_what_people_read(hindi: Catalog, said_now: Catalog) -> None:
    read = [m for m in _sentences(said_now) if not all("admin" in Path(place).parts for place, _line in m.locations)]
    open_ = [m for m in read if (kept := hindi.get(m.id, m.context)) is None or not catalogue.has_words(kept)]
    assert len(open_) <= (1 - COVERED) * len(read), [m.id for m in open_][:20]


def test_hindi_is_written_in_hindi(hindi: Catalog) -> None:
    latin = [
        m.id
        for m in _sentences(hindi)
        if isinstance(m.string, str) and m.string == m.id and any(letter.isalpha() for letter in _own_words(m.id))
    ]
    # A title with a name has no words of its own; "GST" is said as it is written.
    assert set(latin) <= {"GST"}


def _own_words(text: str | tuple[str, ...] | list[str]) -> str:
    return catalogue.PLACE.sub("", _joined(text))


def test_the_landing_page_answers_in_hindi(whole_app: Flask) -> None:
    client = whole_app.test_client()
    client.set_cookie("lang", "hi")
    page = client.get("/").get_data(as_text=True)
    assert '<html lang="hi" dir="ltr"' in page
    assert "आपके लिए समय है।" in page
    assert "has time for you" not in page


def test_each_language_offers_the_other_one(whole_app: Flask) -> None:
    client = whole_app.test_client()
    english = client.get("/").get_data(as_text=True)
    assert '<html lang="en"' in english
    assert 'href="/language/hi?next=/"' in english
    answer = client.get("/language/hi?next=/")
    assert answer.status_code == 303
    hindi = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert 'href="/language/en?next=/"' in hindi
    assert ">English<" in hindi


def test_only_hindi_pages_ask_for_the_hindi_letters(whole_app: Flask) -> None:
    client = whole_app.test_client()
    assert "anek-devanagari" not in client.get("/").get_data(as_text=True)
    client.set_cookie("lang", "hi")
    assert "anek-devanagari" in client.get("/").get_data(as_text=True)


def test_a_refusal_of_the_domain_is_said_in_hindi(whole_app: Flask) -> None:
    with whole_app.test_request_context(headers={"Cookie": "lang=hi"}):
        assert told(Conflict("This lesson has changed. Load the page again.")).startswith("यह लेसन")
        assert told(Conflict("Nobody has said this in Hindi.")) == "Nobody has said this in Hindi."


def test_no_hindi_sentence_closes_an_attribute(hindi: Catalog) -> None:
    # A template trusts its catalogue as it trusts itself: what would be escaped in data is not escaped here.
    words = {m.id: m.string if isinstance(m.string, str) else "".join(m.string) for m in _sentences(hindi)}
    assert not [english for english, said in words.items() if set('"<>&') & set(said) - set(_joined(english))]


def _joined(text: str | tuple[str, ...] | list[str]) -> str:
    return text if isinstance(text, str) else " ".join(text)
