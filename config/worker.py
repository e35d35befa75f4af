"""The consumer's entry: `huey_consumer config.worker.huey`. Never monkey-patched; torch may live here."""

from config.app import create_app

app = create_app(worker=True)
huey = app.extensions["peerlearn.huey"]
