"""Pages and files that anyone may fetch."""

import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from flask import (
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.extensions import LOCALES
from blueprints.guards import public
from blueprints.public import bp, landing_facts, parts
from blueprints.public.shell import has_endpoint, shell_facts
from peerlearn.accounts import queries as accounts
from peerlearn.accounts import service as accounts_service
from peerlearn.accounts.portrait import portrait_svg

ROOT = Path(__file__).resolve().parent.parent.parent
DIST = ROOT / "static" / "dist"
YEAR_SECONDS = 31_536_000
PORTRAIT_SECONDS = 86_400
IMPORTED_CHUNK = re.compile(r"(?:from|import)\s*[\"']\.\./chunks/([\w-]+\.js)[\"']")


def _asset() -> Callable[[str], str]:
    """The roof's function from a file's name to its address in this build."""
    return cast(Callable[[str], str], current_app.jinja_env.globals["asset"])


@bp.get("/")
@public
def landing() -> ResponseReturnValue:
    """What PeerLearn is and who is free today. A signed-in person is taken home."""
    if current_user.is_authenticated and "stay" not in request.args:
        return redirect(
            url_for(shell_facts()["home"]) if has_endpoint("dashboard.home") else url_for("public.landing", stay=1)
        )
    return render_template("public/landing.html", **landing_facts.landing_facts())


@bp.get("/styleguide")
@public
def styleguide() -> ResponseReturnValue:
    """Every part of the house, day and night. Not served in production."""
    if current_app.config["PEERLEARN"].production:
        abort(404)
    return render_template("public/styleguide.html", theme=request.args.get("theme", ""), parts=parts.sample_parts())


@bp.get("/portrait/<public_id>.svg")
@public
def portrait(public_id: str) -> ResponseReturnValue:
    """A person's drawn face. An unknown id gets a face too: an address tells nothing about who exists."""
    person = accounts.user_by_public_id(public_id)
    drawing = portrait_svg(public_id, person.portrait if person else None)
    answer = make_response(drawing)
    answer.mimetype = "image/svg+xml"
    answer.cache_control.public = True
    answer.cache_control.max_age = PORTRAIT_SECONDS
    answer.cache_control.stale_while_revalidate = PORTRAIT_SECONDS * 30
    answer.set_etag(sha256(drawing.encode()).hexdigest()[:16])
    return answer.make_conditional(request)


@bp.get("/language/<locale>")
@public
def language(locale: str) -> ResponseReturnValue:
    """Choose the language of the pages on this device (and of one's account), then go back."""
    if locale not in LOCALES:
        abort(404)
    if current_user.is_authenticated and current_user.locale != locale:
        # The account's language comes before the device's: without this the switch would do nothing.
        accounts_service.account_update(current_user.id, locale=locale)
    target = request.args.get("next", "/")
    if not target.startswith("/") or target.startswith("//") or "\\" in target or urlsplit(target).netloc:
        target = "/"
    answer = redirect(target, 303)
    answer.set_cookie("lang", locale, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure)
    return answer


@bp.get("/offline")
@public
def offline() -> ResponseReturnValue:
    """What the service worker shows when there is no connection and no kept copy of a page."""
    return render_template("public/offline.html")


@bp.get("/manifest.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    """The installable app: name, icons, colours."""
    asset = _asset()
    icons: list[dict[str, Any]] = [
        {"src": asset(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"}
        for size in (192, 512)
    ]
    icons.append(
        {"src": asset("img/icon-maskable-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"}
    )
    answer = jsonify(
        {
            "id": "/",
            "name": "PeerLearn",
            "short_name": "PeerLearn",
            "description": _("Live lessons, one to one, on a board you both write on."),
            "start_url": "/?from=app",
            "scope": "/",
            "display": "standalone",
            "background_color": "#fbfaf7",
            "theme_color": "#fbfaf7",
            "icons": icons,
        }
    )
    answer.mimetype = "application/manifest+json"
    answer.cache_control.max_age = 3600
    return answer


def _parts_of_scripts(entries: tuple[str, ...]) -> list[str]:
    """The shared files that built entries import at once (what they load later is not part of the shell)."""
    built = [DIST / _asset()(entry).removeprefix("/static/") for entry in entries]
    text = "".join(file.read_text() for file in built if file.exists())
    return sorted({f"/static/chunks/{name}" for name in IMPORTED_CHUNK.findall(text)})


@bp.get("/service-worker.js")
@public
def service_worker() -> ResponseReturnValue:
    """The service worker, at the root so that it may serve every page. Its first line names the files of this build."""
    asset = _asset()
    built = DIST / asset("entries/service-worker.js").removeprefix("/static/")
    if not built.exists():
        abort(404)
    kept = [asset(name) for name in ("app.css", "entries/app.js", "entries/public.js", "img/icon.svg")]
    kept += _parts_of_scripts(("entries/app.js", "entries/public.js"))
    kept += ["/static/fonts/anek-latin.1.woff2", "/static/fonts/anek-rupee.1.woff2", url_for("public.offline")]
    body = f"self.SHELL={current_app.json.dumps(kept)};\n{built.read_text()}"
    answer = Response(body, mimetype="text/javascript")
    answer.cache_control.no_cache = True
    return answer


@bp.get("/favicon.ico")
@public
def favicon() -> ResponseReturnValue:
    """Old browsers ask for this name whatever the page says."""
    return send_from_directory(ROOT / "static" / "img", "icon-192.png", max_age=PORTRAIT_SECONDS)


@bp.get("/styleguide/face/<key>.svg")
@public
def sample_face(key: str) -> ResponseReturnValue:
    """A face of the style guide."""
    if current_app.config["PEERLEARN"].production or key not in parts.FACES:
        abort(404)
    return Response(portrait_svg(key, parts.FACES[key]), mimetype="image/svg+xml")
