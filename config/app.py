"""create_app: a line per extension, a line per blueprint, then the wiring."""

import json
import logging
import time
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify
from flask.typing import ResponseReturnValue
from flask_socketio import SocketIO
from flask_talisman import Talisman
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

import blueprints.admin
import blueprints.auth
import blueprints.catalog
import blueprints.dashboard
import blueprints.live
import blueprints.live.events
import blueprints.notifications
import blueprints.notifications.events
import blueprints.payments
import blueprints.public
import blueprints.requests
import blueprints.sessions
from blueprints import compression, errors, filters, icons, viewing
from blueprints.extensions import (
    babel,
    choose_locale,
    csrf,
    limiter,
    login_manager,
    migrate,
    my_zone,
)
from blueprints.guards import public
from blueprints.live.push import news_missed
from config import cli, wiring
from config.packets import RoomPacket
from config.ports import call_directly, make_bus_manager, make_ports, make_queue
from config.settings import Settings
from peerlearn.engines import prepare_engine
from peerlearn.kernel import db, set_hearer
from peerlearn.ports import Offload, Queue

ROOT = Path(__file__).resolve().parent.parent
BLUEPRINTS = (
    blueprints.public.bp,
    blueprints.auth.bp,
    blueprints.dashboard.bp,
    blueprints.catalog.bp,
    blueprints.sessions.bp,
    blueprints.requests.bp,
    blueprints.payments.bp,
    blueprints.live.bp,
    blueprints.notifications.bp,
)
YEAR_SECONDS = 31_536_000
COOKIE_DAYS = 30


def create_app(
    settings: Settings | None = None,
    *,
    worker: bool = False,
    offload: Offload | None = None,
    queue: Queue | None = None,
) -> Flask:
    """Build one application. Two in one process do not know of each other.

    `worker` builds the consumer's application: it may import torch and holds no sockets. `offload` runs a function in
    a real thread (given by `wsgi.py` where threads are green). `queue` replaces the job queue in tests.
    """
    settings = settings or Settings.from_env()
    Path(settings.data_dir).mkdir(parents=True, exist_ok=True)
    app = Flask(
        "peerlearn",
        root_path=str(ROOT),
        template_folder="templates",
        static_folder=None,
    )
    app.config.update(_flask_config(settings))
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")

    compression.register(app)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    login_manager.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    babel.init_app(
        app,
        locale_selector=choose_locale,
        timezone_selector=my_zone,
        default_locale="en",
    )
    _secure(app, settings)

    errors.register(app)
    filters.register(app)
    icons.register(app)
    viewing.register(app)
    _assets(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    blueprints.admin.register(app)
    _health(app)

    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(ROOT / "static" / "dist"),
        prefix="static/",
        autorefresh=not settings.production,
        max_age=YEAR_SECONDS,
    )
    emitter = None if worker else _sockets(app, settings)
    # After Socket.IO, so that its events see the real address too.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)  # type: ignore[method-assign]

    with app.app_context():
        prepare_engine(db.engine)
        set_hearer(db.engine, wiring.hearer(lambda: app.extensions["peerlearn.ports"]))
    _outside(
        app,
        settings,
        emitter=emitter,
        offload=offload or call_directly,
        queue=queue,
        worker=worker,
    )
    cli.register(app)
    return app


def _flask_config(settings: Settings) -> dict[str, Any]:
    # JSON without blanks: a lesson's log is some thousand small objects.
    engine: dict[str, Any] = {"json_serializer": json.JSONEncoder(separators=(",", ":")).encode}
    if not settings.embedded_database:
        engine |= {"pool_size": 10, "max_overflow": 10}
    return {
        "PEERLEARN": settings,
        "TESTING": settings.testing,
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.production,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": settings.production,
        "PERMANENT_SESSION_LIFETIME": COOKIE_DAYS * 86_400,
        "MAX_CONTENT_LENGTH": 4 * 1024 * 1024,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_ENABLED": settings.extra.get("csrf", not settings.testing),
        "WTF_CSRF_CHECK_DEFAULT": True,
        "RATELIMIT_STORAGE_URI": settings.redis_url or "memory://",
        # Redis may be lost at any moment: each process then counts for itself, and nobody's page breaks.
        "RATELIMIT_STORAGE_OPTIONS": _redis_patience(settings) | {"wrap_exceptions": True},
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "RATELIMIT_ENABLED": settings.extra.get("rate_limits", not settings.testing),
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "config" / "translations"),
        "TEMPLATES_AUTO_RELOAD": not settings.production and not settings.testing,
        "DRAINING": False,
    }


def _redis_patience(settings: Settings) -> dict[str, Any]:
    """How many seconds counting may wait for Redis."""
    return {"socket_connect_timeout": 2, "socket_timeout": 2} if settings.redis_url else {}


def _secure(app: Flask, settings: Settings) -> None:
    checkout = urlsplit(settings.razorpay_checkout_url)
    gateway = f"{checkout.scheme}://{checkout.netloc}"
    real = ["https://*.razorpay.com"] if settings.production else []
    socket_origin = settings.public_origin.replace("http", "ws", 1)
    Talisman(
        app,
        force_https=settings.production,
        strict_transport_security=settings.production,
        session_cookie_secure=settings.production,
        session_cookie_samesite="Lax",
        frame_options="DENY",
        referrer_policy="strict-origin-when-cross-origin",
        content_security_policy={
            "default-src": "'self'",
            "script-src": ["'self'", gateway, *real],
            "style-src": ["'self'", "'unsafe-inline'"],
            "img-src": ["'self'", "data:", "blob:", *real],
            "media-src": ["'self'", "blob:"],
            "font-src": ["'self'"],
            "connect-src": ["'self'", socket_origin, gateway, *real],
            "frame-src": [gateway, *real],
            "object-src": "'none'",
            "base-uri": "'self'",
            "form-action": ["'self'", gateway, *real],
            "frame-ancestors": "'none'",
        },
        content_security_policy_nonce_in=["script-src"],
        permissions_policy={
            "camera": "(self)",
            "microphone": "(self)",
            "display-capture": "(self)",
            "fullscreen": "(self)",
            "autoplay": "(self)",
            "screen-wake-lock": "(self)",
            "payment": f'(self "{gateway}")',
            "geolocation": "()",
        },
    )


def _sockets(app: Flask, settings: Settings) -> SocketIO:
    sockets = SocketIO()
    options: dict[str, Any] = {}
    # A test without Redis has one process and needs no channel (nor the thread that would poll it).
    if not settings.testing or settings.redis_url or settings.extra.get("bus"):
        options["client_manager"] = make_bus_manager(settings, write_only=False, sleep=sockets.sleep)
    sockets.init_app(
        app,
        async_mode=settings.async_mode,
        transports=["websocket"],
        cors_allowed_origins=[settings.public_origin] if settings.production else None,
        ping_interval=settings.socket_ping_seconds,
        ping_timeout=settings.socket_ping_seconds,
        max_http_buffer_size=256 * 1024,
        http_compression=False,
        monitor_clients=True,
        serializer=RoomPacket,
        # Messages of one person keep their order: a candidate must not overtake its offer.
        async_handlers=False,
        **options,
    )
    if settings.redis_url:
        options["client_manager"].on_regained = lambda: news_missed(sockets)
    blueprints.notifications.events.register(sockets)
    blueprints.live.events.register(sockets, app)
    return sockets


def _outside(
    app: Flask,
    settings: Settings,
    *,
    emitter: Any,
    offload: Offload,
    queue: Queue | None,
    worker: bool,
) -> None:
    huey_queue = None if queue is not None else make_queue(settings)
    used = queue if queue is not None else huey_queue
    assert used is not None
    app.extensions["peerlearn.ports"] = make_ports(
        settings,
        queue=used,
        emitter=emitter,
        offload=offload,
        worker=worker,
    )
    if huey_queue is not None:
        huey_queue.bind(app.app_context, lambda: app.extensions["peerlearn.ports"])
        app.extensions["peerlearn.huey"] = huey_queue.huey


def _assets(app: Flask) -> None:
    manifest = ROOT / "static" / "dist" / "manifest.json"

    @lru_cache(maxsize=4)
    def names(_stamp: float) -> dict[str, str]:
        found: dict[str, str] = json.loads(manifest.read_text())
        return found

    def asset(name: str) -> str:
        """The URL of a built file. Built names carry their hash, so browsers keep them for ever."""
        stamp = manifest.stat().st_mtime if manifest.exists() else 0.0
        return "/static/" + (names(stamp).get(name, name) if stamp else name)

    @lru_cache(maxsize=4)
    def needs(_stamp: float) -> dict[str, list[str]]:
        found: dict[str, list[str]] = json.loads(manifest.with_name("needs.json").read_text())
        return found

    def needed(entry: str) -> list[str]:
        """The URLs of all scripts that an entry needs before it can do anything, itself first."""
        listed = manifest.with_name("needs.json")
        return ["/static/" + name for name in needs(listed.stat().st_mtime).get(entry, [])] if listed.exists() else []

    app.jinja_env.globals |= {"asset": asset, "needed": needed}


def _health(app: Flask) -> None:
    @app.get("/healthz")
    @public
    def healthz() -> ResponseReturnValue:
        if app.config["DRAINING"]:
            return jsonify({"ok": False, "state": "draining"}), 503
        db.session.execute(db.text("SELECT 1"))
        return jsonify({"ok": True})

    limiter.exempt(healthz)

    @app.after_request
    def _tell_time(response: Response) -> Response:
        # Countdowns follow this clock, whatever the clock of the phone says.
        response.headers["X-Server-Time"] = str(int(time.time() * 1000))
        return response
