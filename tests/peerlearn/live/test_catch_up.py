"""What a browser missed comes as one text, in pages that no line breaks."""

import json

import pytest
from flask import Flask

from peerlearn.live.catch_up import log_page
from peerlearn.live.journal import Draft, journal_append
from peerlearn.live.protocol import LIMIT
from tests.peerlearn.live.lessons import lesson


def test_pages_put_together_are_the_log(app: Flask) -> None:
    room = lesson()
    people = (room.mentor_id, room.learner_id)
    drafts = [
        Draft(room.id, people[n % 2], f"c{n}", "chat" if n % 3 else "board", {"text": f'é "{n}"\u2028</script>'})
        for n in range(11)
    ]
    journal_append(drafts)
    lines, since, pages = [], 0, 0
    more = True
    while more:
        page = log_page(room.id, since, 4)
        for seq, board, author, client_id, at, payload in json.loads(page.lines):
            lines.append((seq, "board" if board else "chat", page.authors[author], client_id, payload))
            assert at > 1_500_000_000_000
            since = seq
        more = page.more
        pages += 1
    assert pages == 3
    assert lines == [(n + 1, d.kind, d.author_id, d.client_id, d.payload) for n, d in enumerate(drafts)]
    assert log_page(room.id, 11, 4).lines == "[]"


def test_another_lessons_lines_stay_there(app: Flask) -> None:
    room, other = lesson(), lesson()
    journal_append([Draft(other.id, other.mentor_id, "c", "chat", {"text": "not yours"})])
    assert log_page(room.id, 0, 10).lines == "[]"


def test_a_page_of_pictures_ends_where_it_grows_large_and_one_line_always_fits(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = lesson()
    journal_append([Draft(room.id, room.mentor_id, f"c{n}", "board", {"data": "x" * 600}) for n in range(4)])
    monkeypatch.setitem(LIMIT, "SYNC_CHARS", 1_400)
    page = log_page(room.id, 0, 10)
    assert (len(json.loads(page.lines)), page.more) == (2, True)
    monkeypatch.setitem(LIMIT, "SYNC_CHARS", 10)
    page = log_page(room.id, 3, 10)
    assert (len(json.loads(page.lines)), page.more) == (1, False)
