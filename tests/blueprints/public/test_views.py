"""The open rooms: landing, faces, manifest, service worker, offline page, language."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.blueprints.auth.doors import account, signed_in


@pytest.mark.parametrize("path", ["/", "/offline", "/manifest.webmanifest", "/portrait/nobody.svg"])
def test_the_open_pages_answer(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_the_landing_page_needs_no_mentor_to_be_there(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    assert "has time for you" in page
    assert "None" not in page


def test_a_face_is_kept_by_the_browser_and_asked_for_again_by_its_mark(client: FlaskClient) -> None:
    first = client.get("/portrait/asha.svg")
    assert first.mimetype == "image/svg+xml"
    assert "max-age=86400" in first.headers["Cache-Control"]
    again = client.get("/portrait/asha.svg", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_the_style_guide_shows_every_part(client: FlaskClient) -> None:
    assert client.get("/styleguide").status_code == 200


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_the_language_switch_never_leads_away(client: FlaskClient, target: str) -> None:
    answer = client.get("/language/hi", query_string={"next": target})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"
    assert "lang=hi" in answer.headers["Set-Cookie"]


def test_an_unknown_language_is_not_here(client: FlaskClient) -> None:
    assert client.get("/language/xx").status_code == 404


def test_the_manifest_names_icons_of_both_kinds(client: FlaskClient) -> None:
    manifest: dict[str, Any] = client.get("/manifest.webmanifest").get_json(force=True)
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    assert manifest["start_url"].startswith("/")


def test_a_saved_theme_is_in_the_first_byte(client: FlaskClient) -> None:
    client.set_cookie("theme", "peerlearn-dark")
    assert 'data-theme="peerlearn-dark"' in client.get("/").get_data(as_text=True)
    client.set_cookie("theme", '"><script>')
    assert "data-theme=" not in client.get("/").get_data(as_text=True).split(">", 2)[1]


def test_the_language_switch_changes_the_account_of_who_is_signed_in(app: Flask) -> None:
    user = account()
    browser = signed_in(app, user)
    cookie = browser.get("/language/hi?next=/me").headers["Set-Cookie"]
    assert "Max-Age=31536000" in cookie
    assert "SameSite=Lax" in cookie
    assert '<html lang="hi"' in browser.get("/me").get_data(as_text=True)
