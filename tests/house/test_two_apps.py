"""Two applications in one process do not know of each other."""

from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from config.app import create_app
from config.settings import Settings
from peerlearn.catalog.models import Topic
from peerlearn.jobs.queue import DirectQueue
from peerlearn.kernel import db, transactional
from tests.database import make_schema


def _make(folder: Path) -> Flask:
    settings = Settings.for_tests(database_url=f"sqlite:///{folder / 'own.db'}", data_dir=folder)
    app = create_app(settings, queue=DirectQueue())
    make_schema(app)
    return app


@transactional
def _add_topic() -> None:
    db.session.add(Topic(slug="algebra", name="Algebra", field="Mathematics"))


def test_two_applications_share_neither_data_nor_ports(tmp_path: Path) -> None:
    apps = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        apps.append(_make(tmp_path / name))
    first, second = apps
    with first.app_context():
        _add_topic()
    counts = []
    for app in apps:
        with app.app_context():
            counts.append(db.session.scalar(sa.select(sa.func.count()).select_from(Topic)))
            db.session.remove()
            db.engine.dispose()
    assert counts == [1, 0]
    assert first.extensions["peerlearn.ports"] is not second.extensions["peerlearn.ports"]
    assert first.extensions["socketio"] is not second.extensions["socketio"]
