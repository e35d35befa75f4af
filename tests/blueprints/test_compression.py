"""Answers are compressed for who reads it, and say the same thing."""

import gzip

from flask import Flask, Response
from flask.testing import FlaskClient

from blueprints.compression import NOISE_BYTES, gzipped

TEXT = "A quiet, well-lit study where a good teacher has time for you. " * 40


def test_what_is_packed_is_what_comes_out() -> None:
    assert gzip.decompress(gzipped(TEXT.encode())) == TEXT.encode()


def test_equal_pages_have_unequal_sizes_so_that_sizes_tell_nothing() -> None:
    sizes = {len(gzipped(TEXT.encode())) for _ in range(200)}
    assert len(sizes) > NOISE_BYTES // 3


def _app(mimetype: str, body: str) -> FlaskClient:
    from blueprints import compression

    app = Flask("compressed")
    compression.register(app)

    @app.get("/")
    def page() -> Response:
        response = Response(body, mimetype=mimetype)
        response.set_etag("tag")
        return response

    return app.test_client()


def test_a_page_leaves_compressed_with_a_weak_etag() -> None:
    answer = _app("text/html", TEXT).get("/", headers={"Accept-Encoding": "br, gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.headers["ETag"] == 'W/"tag"'
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(TEXT) / 4
    assert gzip.decompress(answer.data).decode() == TEXT


def test_who_does_not_ask_gets_plain_text() -> None:
    answer = _app("text/html", TEXT).get("/", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in answer.headers
    assert answer.text == TEXT
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_small_answers_and_pictures_stay_as_they_are() -> None:
    for mimetype, body in (("text/html", "short"), ("image/png", TEXT)):
        answer = _app(mimetype, body).get("/", headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in answer.headers
