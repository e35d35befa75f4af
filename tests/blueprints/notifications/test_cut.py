"""A ban reaches open sockets within two seconds, also from another process: real server, real websocket."""

import threading
from pathlib import Path

import pytest
import socketio
from flask import Flask

from config.app import create_app
from config.settings import Settings
from peerlearn.accounts import service
from peerlearn.adapters.bus import SocketBus, make_manager
from peerlearn.jobs.queue import DirectQueue
from peerlearn.kernel import db
from tests.blueprints.auth.doors import account, signed_in
from tests.conftest import IsolatedClient
from tests.database import make_schema
from tests.product import free_port
from tests.servers import answers, wait_until


@pytest.fixture
def served(tmp_path: Path):
    """An application with its bus on, serving on a free port."""
    port = free_port()
    settings = Settings.for_tests(
        database_url=f"sqlite:///{tmp_path / 'cut.db'}", data_dir=tmp_path, extra={"bus": True},
        public_url=f"http://127.0.0.1:{port}", port=port,
    )  # fmt: skip
    app = create_app(settings, queue=DirectQueue())
    app.test_client_class = IsolatedClient
    make_schema(app)
    threading.Thread(
        target=lambda: app.extensions["socketio"].run(
            app, host="127.0.0.1", port=port, log_output=False, allow_unsafe_werkzeug=True
        ),
        daemon=True,
    ).start()
    wait_until(lambda: answers(port), "the server answering")
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def connected(app: Flask, user) -> tuple[socketio.Client, threading.Event]:
    cookie = signed_in(app, user).get_cookie("session")
    assert cookie is not None
    gone = threading.Event()
    client = socketio.Client(reconnection=False)
    client.on("disconnect", lambda *_: gone.set())
    client.connect(
        app.config["PEERLEARN"].public_url, headers={"Cookie": f"session={cookie.value}"}, transports=["websocket"]
    )
    return client, gone


def test_a_ban_cuts_the_sockets_of_its_person_only(served: Flask) -> None:
    rude, kind = account("rude@peerlearn.test"), account("kind@peerlearn.test")
    admin = account("admin@peerlearn.test", admin=True)
    (one, one_gone), (other, other_gone) = connected(served, rude), connected(served, kind)
    service.user_ban(rude.id, admin.id, "Why")
    assert one_gone.wait(20)
    assert not other_gone.is_set()
    other.disconnect()
    one.disconnect()


def test_another_process_cuts_sockets_too(served: Flask, tmp_path: Path) -> None:
    user = account("rude@peerlearn.test")
    client, gone = connected(served, user)
    settings: Settings = served.config["PEERLEARN"]
    worker = SocketBus(make_manager(redis_url=None, sqlite_file=str(settings.data_dir / "bus.db"), write_only=True))
    worker.disconnect_user(user.public_id)
    assert gone.wait(20)
    client.disconnect()
