"""The pages of the catalogue, as a visitor and as a learner."""

import dataclasses
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from peerlearn.accounts.models import User
from peerlearn.adapters.annoy_index import AnnoyVectorIndex
from peerlearn.adapters.encoders import OnnxEncoder
from peerlearn.artifacts.bundle import bundle
from peerlearn.artifacts.models import Artifact
from peerlearn.artifacts.service import artifact_publish
from peerlearn.catalog import service as catalog
from peerlearn.kernel import db
from peerlearn.recommend.models import Signal
from tests.peerlearn.recommend.catalogue import Catalogue
from tests.peerlearn.recommend.export import exported_folder
from tests.peerlearn.sessions.people import person


@pytest.fixture
def filled(
    app: Flask, kept: Callable[..., Any], clock: Any, tmp_path: Path, encoder: OnnxEncoder
) -> Iterator[Catalogue]:
    """The small catalogue in the application's index, asked by the encoder that is loaded already."""
    tray = app.extensions["peerlearn.ports"]
    index = AnnoyVectorIndex(tmp_path, look_every_seconds=0)
    app.extensions["peerlearn.ports"] = dataclasses.replace(tray, index=index, encoder=encoder)
    yield Catalogue(encoder, index).filled(kept)
    app.extensions["peerlearn.ports"] = tray


def signed_in(app: Flask, user_id: int) -> FlaskClient:
    browser = app.test_client()
    key = db.session.get_one(User, user_id).get_id()
    with browser.session_transaction() as session:
        session["_user_id"], session["_fresh"] = key, True
    return browser


def names(body: str) -> list[str]:
    return re.findall(r'class="name"><a href="[^"]+">([^<]+)</a>', body)


def test_a_visitor_explores_with_typos_and_sees_how_they_were_read(client: FlaskClient, filled: Catalogue) -> None:
    body = client.get("/explore?q=calclus+integrls").get_data(as_text=True)
    assert names(body)[0] == "Asha Raghavan"
    assert re.search(r"\d mentors for “calculus, integrals”", body)
    assert "We read your spelling kindly." in body
    assert "exact=1" in body
    assert "Teaches Calculus" in body
    assert len(re.findall(r"/mentors/[^/\"]+/book\?at=", body)) >= 3


def test_filters_live_in_the_address_and_come_off_one_by_one(client: FlaskClient, filled: Catalogue) -> None:
    body = client.get("/explore?q=calculus&price=300&lang=hi&level=beginner").get_data(as_text=True)
    assert names(body) == ["Meera Nair"]
    assert "Up to ₹300, remove this filter" in body
    assert "/explore?q=calculus&amp;lang=hi&amp;level=beginner" in body
    assert "Clear" in body


def test_the_empty_state_teaches_the_next_step(client: FlaskClient, filled: Catalogue) -> None:
    body = client.get("/explore?q=zxqv+blorf").get_data(as_text=True)
    assert "Say it in other words" in body
    assert "Nobody fits all of this yet" in client.get("/explore?price=60").get_data(as_text=True)


@pytest.mark.parametrize(
    "query", ["?page=999", "?price=abc&lang=xx&time=..", "?q=" + "x" * 5000, "?q=%F0%9F%98%80", "?q=%27%25_"]
)
def test_no_address_breaks_the_page(client: FlaskClient, filled: Catalogue, query: str) -> None:
    assert client.get("/explore" + query).status_code == 200


def test_the_filters_are_a_sheet_and_a_page(client: FlaskClient, filled: Catalogue) -> None:
    page = client.get("/explore/filters?q=law&level=advanced").get_data(as_text=True)
    sheet = client.get("/explore/filters?q=law&level=advanced", headers={"X-Sheet": "1"}).get_data(as_text=True)
    assert "<html" in page
    assert "<html" not in sheet
    for body in (page, sheet):
        assert 'value="advanced" checked' in body
        assert 'name="q" value="law"' in body


def test_the_script_gets_the_results_alone(client: FlaskClient, filled: Catalogue) -> None:
    part = client.get("/explore?q=guitar", headers={"X-Part": "results"})
    assert "<html" not in part.get_data(as_text=True)
    assert "X-Part" in part.headers["Vary"]
    assert names(part.get_data(as_text=True))[0] == "Carlos Vega"


def test_a_mentor_page_shows_times_by_day_and_is_hidden_until_approved(client: FlaskClient, filled: Catalogue) -> None:
    address = f"/mentors/{filled.public_id('Asha')}"
    body = client.get(address).get_data(as_text=True)
    assert "Integrals, from the picture up" in body
    assert "Today, 4 Mar" in body
    assert "Tomorrow, 5 Mar" in body
    assert f"{address}/book?at=2026-03-04T12%3A30" in body
    assert f"{address}/ask" in body
    catalog.mentor_suspend(filled.ids["Asha"], 1, "Away.")
    assert client.get(address).status_code == 404
    assert client.get("/mentors/nobody").status_code == 404


def test_looking_is_remembered_once_and_hiding_takes_the_mentor_away(app: Flask, filled: Catalogue) -> None:
    learner = person("Rohan Mehta")
    browser = signed_in(app, learner)
    address = f"/mentors/{filled.public_id('Asha')}"
    for _ in range(3):
        assert browser.get(address).status_code == 200
    assert db.session.scalar(sa.select(sa.func.count(Signal.id)).where(Signal.kind == "view")) == 1
    assert "Asha Raghavan" in names(browser.get("/explore").get_data(as_text=True))
    why = browser.get(f"{address}/why", headers={"X-Sheet": "1"}).get_data(as_text=True)
    assert "Because you looked at Asha" in why
    token = re.search(r'name="csrf_token" value="([^"]+)"', why)
    assert token is None or token[1]
    assert browser.post(f"{address}/hide", data={"csrf_token": token[1] if token else ""}).status_code == 303
    assert "Asha Raghavan" not in names(browser.get("/explore").get_data(as_text=True))


def test_hiding_asks_a_visitor_to_sign_in(client: FlaskClient, filled: Catalogue) -> None:
    answer = client.post(f"/mentors/{filled.public_id('Asha')}/hide")
    assert answer.status_code in {302, 303, 400, 401}
    assert db.session.scalar(sa.select(sa.func.count(Signal.id))) == 0


def test_people_who_blocked_each_other_do_not_find_each_other(app: Flask, filled: Catalogue) -> None:
    from tests.peerlearn.recommend.test_feed import _block

    learner = person("Rohan Mehta")
    _block(filled.ids["Asha"], learner)
    browser = signed_in(app, learner)
    assert browser.get(f"/mentors/{filled.public_id('Asha')}").status_code == 404
    assert "Asha Raghavan" not in names(browser.get("/explore?q=integrals").get_data(as_text=True))


def test_without_index_and_encoder_the_page_still_answers(
    app: Flask, client: FlaskClient, filled: Catalogue, ports: Any, tmp_path: Path
) -> None:
    db.session.execute(sa.delete(Artifact))
    db.session.commit()
    ports.index.refresh()
    app.extensions["peerlearn.ports"] = dataclasses.replace(ports, encoder=OnnxEncoder(tmp_path / "nothing"))
    assert len(names(client.get("/explore").get_data(as_text=True))) == 12
    assert "Carlos Vega" in names(client.get("/explore?q=guitr").get_data(as_text=True))


SCRIPT = """
import sys
from pathlib import Path
from config.app import create_app
from config.settings import Settings
from peerlearn.jobs.queue import DirectQueue
app = create_app(Settings.for_tests(database_url=sys.argv[1], data_dir=Path(sys.argv[2])), queue=DirectQueue())
answer = app.test_client().get("/explore?q=calclus+integrls")
assert answer.status_code == 200, answer.status_code
assert "calculus, integrals" in answer.get_data(as_text=True)
loaded = [name for name in ("torch", "transformers", "sentence_transformers") if name in sys.modules]
assert not loaded, loaded
assert "onnxruntime" in sys.modules
"""


def test_a_web_process_searches_without_torch(app: Flask, filled: Catalogue, root: Path, tmp_path: Path) -> None:
    folder = exported_folder(root / "var" / "tests")
    artifact_publish("encoder", bundle({entry.name: entry.read_bytes() for entry in folder.iterdir()}))
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, url, str(tmp_path)],
        cwd=root, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
