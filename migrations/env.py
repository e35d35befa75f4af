"""Runs migrations on the application's own engine, so that SQLite gets its pragmas and PostgreSQL its driver."""

from alembic import context
from flask import current_app

from peerlearn.kernel import UtcDateTime, db


def render_item(kind, item, autogen_context):
    """Write our own column type by its name in new migrations."""
    if kind == "type" and isinstance(item, UtcDateTime):
        autogen_context.imports.add("from peerlearn.kernel import UtcDateTime")
        return "UtcDateTime()"
    return False


def run() -> None:
    """Bring the database to the newest version in one transaction."""
    if context.is_offline_mode():
        raise SystemExit("Migrations need a database connection.")
    engine = db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            render_as_batch=engine.dialect.name == "sqlite",
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


assert current_app, "run this through `flask --app config.app db upgrade`"
run()
