"""Flask-SocketIO on eventlet as its documentation shows it: `python -m bench.room.peers.stock_flask PORT`."""

import os
import sys
from typing import Any

import eventlet

eventlet.monkey_patch()

from flask import Flask, request
from flask_socketio import SocketIO, emit

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
sockets = SocketIO(app)

room_of: dict[str, str] = {}
seats_of: dict[str, list[str]] = {}


@sockets.on("room_join")
def room_join(message: dict[str, Any]) -> dict[str, Any]:
    seats = seats_of.setdefault(message["session"], [])
    if len(seats) == 2:
        return {"ok": False, "code": "full"}
    seats.append(request.sid)
    room_of[request.sid] = message["session"]
    return {"ok": True}


@sockets.on("disconnect")
def disconnect(_reason: str = "") -> None:
    room = room_of.pop(request.sid, None)
    if room is not None:
        seats_of[room].remove(request.sid)


def relay(event: str, message: Any) -> bool:
    room = room_of.get(request.sid)
    if room is None:
        return False
    for sid in seats_of[room]:
        if sid != request.sid:
            emit(event, message, to=sid)
    return True


@sockets.on("ink")
def ink(message: Any) -> None:
    relay("ink", message)


@sockets.on("signal_send")
def signal_send(message: Any) -> dict[str, Any]:
    return {"ok": relay("signal_send", message)}


if __name__ == "__main__":
    sockets.run(app, host="127.0.0.1", port=int(sys.argv[1]))
