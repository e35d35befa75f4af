"""Serves the application and drains it: on SIGTERM no new work is taken, running requests end, sockets are told."""

import logging
import os
import random
import signal
import socket
import sys
import threading
import time
from typing import Any

from flask import Flask

from blueprints.live.commit_relay import CommitRelay
from blueprints.live.desk import desk
from blueprints.live.relay import InkRelay
from blueprints.live.switchboard import Switchboard
from config.engine import install
from config.settings import Settings
from config.wakings import moderate
from peerlearn.live.heartbeat import EVERY_SECONDS, heartbeat

log = logging.getLogger(__name__)

DRAIN_SECONDS = 20
MAX_CONNECTIONS = 20_000


def _listening_socket(settings: Settings) -> socket.socket:
    """Bind without SO_REUSEPORT: a forgotten old server on the port must be an error, not a silent partner."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Inherited by accepted sockets on Linux. Without it small frames wait for the peer's delayed acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        sys.exit(f"Port {settings.port} is taken or not allowed ({error.strerror}). Choose another with PORT=8080.")
    listener.listen(512)
    return listener


def serve(app: Flask, green: Any = None) -> None:
    """Serve for ever; returns only by ending the process.

    `green` is the eventlet package, handed in by `wsgi.py`, the one place that imports it; None serves with threads.
    """
    settings: Settings = app.config["PEERLEARN"]
    _hear_the_bus(app.extensions["socketio"].server)
    threading.Thread(target=_beat, args=(app,), name="heartbeat", daemon=True).start()
    if green is not None:
        _serve_green(app, settings, green)
    else:
        app.extensions["socketio"].run(
            app,
            host=settings.host,
            port=settings.port,
            log_output=False,
            allow_unsafe_werkzeug=True,
        )


def _hear_the_bus(server: Any) -> None:
    """Subscribe now: python-socketio would wait for the first socket, and lose what others say to it meanwhile."""
    if not server.manager_initialized:
        server.manager_initialized = True
        server.manager.initialize()


def _beat(app: Flask) -> None:
    """Say now and then that this process is up. What is missing later was an outage, and nobody's fault."""
    while True:
        try:
            with app.app_context():
                heartbeat()
        except Exception:
            # A database that is away now is an outage too: the gap will tell.
            log.warning("the heartbeat was not written", exc_info=True)
        time.sleep(EVERY_SECONDS)


def _serve_green(app: Flask, settings: Settings, green: Any) -> None:
    moderate(green)
    engine = install(app.extensions["socketio"].server, green)
    if settings.room_fast_path:
        with app.app_context():
            board = Switchboard(desk(), app.extensions["socketio"].server, engine.sockets)
            ink, commit = InkRelay(board), CommitRelay(board)
            engine.quick = lambda line, frame: ink(line, frame) or commit(line, frame)
    pool = green.GreenPool(MAX_CONNECTIONS)
    stop = threading.Event()
    # A handler may run between any two instructions: it does nothing but note the wish, and a second signal is harmless.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    listener = _listening_socket(settings)
    green.spawn(
        green.wsgi.server,
        listener,
        app,
        custom_pool=pool,
        max_size=MAX_CONNECTIONS,
        log_output=False,
        debug=False,
    )
    print(f"PeerLearn serves on {settings.public_url}", flush=True)
    while not stop.is_set():
        time.sleep(0.2)
    _drain(app, pool)


def _drain(app: Flask, pool: Any) -> None:
    app.config["DRAINING"] = True
    sockets = app.extensions["socketio"]
    rooms = sockets.server.manager.rooms.get("/", {}).get(None, {})
    sockets.server.emit(
        "server_restart",
        {"retry_ms": random.randint(200, 2000)},  # noqa: S311 - spreads reconnects, hides nothing
        namespace="/",
        ignore_queue=True,
    )
    time.sleep(0.1)
    for sid in list(rooms):
        sockets.server.disconnect(sid, namespace="/")
    deadline = time.monotonic() + DRAIN_SECONDS
    while pool.running() and time.monotonic() < deadline:
        time.sleep(0.05)
    # Idle keep-alive connections would hold the interpreter; everything a person did is committed.
    os._exit(0)
