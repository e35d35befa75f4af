"""The one mapping of errors to answers: a page, JSON for scripts, an acknowledgement for sockets."""

import logging
from typing import Any

from flask import Flask, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from peerlearn.errors import PeerLearnError

log = logging.getLogger(__name__)

FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}


def wants_json() -> bool:
    """Whether the caller is a script: it says so, or sends JSON."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.is_json or (best == "application/json" and not request.headers.get("X-Sheet"))


def told(error: PeerLearnError) -> str:
    """The sentence of an error in the language of this answer; English where nobody has said it otherwise yet."""
    return str(_(error.message)) if error.message else ""


def as_payload(error: PeerLearnError) -> dict[str, Any]:
    """The machine-readable form of an error, the same over HTTP and sockets."""
    return {"ok": False, "code": error.code, "message": told(error), **error.details}


def answer(status: int, code: str, message: str, **details: Any) -> ResponseReturnValue:
    """Answer with a page or JSON that says what happened, what is safe and what to do."""
    if wants_json():
        return jsonify({"ok": False, "code": code, "message": message, **details}), status
    name = "errors/error_sheet.html" if request.headers.get("X-Sheet") else "errors/error.html"
    return render_template(name, status=status, code=code, message=message, details=details), status


SENTENCES = {
    400: lambda: _("That request was not complete. Go back and try again."),
    401: lambda: _("Sign in first."),
    403: lambda: _("This page is not open to you."),
    404: lambda: _("There is nothing here. The link may be old."),
    405: lambda: _("That can't be done here. Go back and try again."),
    413: lambda: _("That is too large. Choose something smaller."),
    429: lambda: _("That was a lot in a short time. Wait a minute and try again."),
    500: lambda: _("Something broke on our side. Nothing you entered was lost. Try again in a moment."),
}


def _refuse_nul() -> None:
    """PostgreSQL keeps no NUL character; asked to, it raises. Nobody types one, so the whole request is refused."""
    if request.method == "POST" and request.mimetype in FORM_TYPES:
        sent = [*request.args.items(multi=True), *request.form.items(multi=True)]
    else:
        sent = list(request.args.items(multi=True))
    if "\x00" in request.path or any("\x00" in name or "\x00" in text for name, text in sent):
        abort(400)


def register(app: Flask) -> None:
    """Install the mapping on an application."""
    app.before_request(_refuse_nul)

    @app.errorhandler(PeerLearnError)
    def _domain(error: PeerLearnError) -> ResponseReturnValue:
        return answer(error.status, error.code, told(error), **error.details)

    @app.errorhandler(CSRFError)
    def _csrf(_error: CSRFError) -> ResponseReturnValue:
        return answer(400, "stale_page", _("This page was open for a long time. Load it again and retry."))

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status in {301, 302, 303, 307, 308}:
            return error
        sentence = SENTENCES.get(status, SENTENCES[400 if status < 500 else 500])()
        return answer(status, f"http_{status}", sentence)

    @app.errorhandler(Exception)
    def _bug(error: Exception) -> ResponseReturnValue:
        log.error("unhandled error at %s", request.path, exc_info=error)
        if app.testing:
            raise error
        return answer(500, "http_500", SENTENCES[500]())
