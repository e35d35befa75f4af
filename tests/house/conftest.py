"""The house tests forbid a class of mistakes each; they look at one application on an empty SQLite file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.database import make_schema


@pytest.fixture(scope="session")
def whole_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application as `create_app` builds it."""
    from config.app import create_app
    from config.settings import Settings
    from peerlearn.jobs.queue import DirectQueue
    from peerlearn.kernel import db

    folder = tmp_path_factory.mktemp("whole")
    settings = Settings.for_tests(database_url=f"sqlite:///{folder / 'whole.db'}", data_dir=Path(folder))
    app = create_app(settings, queue=DirectQueue())
    make_schema(app)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
