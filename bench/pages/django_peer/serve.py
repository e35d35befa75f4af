"""Serves the Django page with the server that also serves ours: eventlet's, green threads, one process."""

import os
import sys

import eventlet

eventlet.monkey_patch()
import eventlet.wsgi  # noqa: E402

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.pages.django_peer.settings"
from django.core.wsgi import get_wsgi_application  # noqa: E402

if __name__ == "__main__":
    listener = eventlet.listen(("127.0.0.1", int(sys.argv[1])), reuse_port=False)
    eventlet.wsgi.server(listener, get_wsgi_application(), log_output=False, debug=False)
