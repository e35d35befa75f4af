"""The web process. `python wsgi.py` serves and drains on SIGTERM; the first lines make the standard library green."""

import os

import config  # noqa: F401 - before eventlet: it settles what Python warns of

green = None
if os.environ.get("ASYNC_MODE", "eventlet") == "eventlet":
    import eventlet

    eventlet.monkey_patch()
    import eventlet.tpool
    import eventlet.wsgi

    green = eventlet

from config.app import create_app
from config.server import serve

app = create_app(offload=green.tpool.execute if green else None)

if __name__ == "__main__":
    serve(app, green)
