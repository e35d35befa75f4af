"""Django Channels with its in-memory layer on uvicorn: `python -m bench.room.peers.django_channels PORT`."""

import sys
from typing import Any

import django
import uvicorn
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.routing import ProtocolTypeRouter
from django.conf import settings

settings.configure(
    SECRET_KEY="known to everyone",  # noqa: S106 - it signs nothing here
    ALLOWED_HOSTS=["127.0.0.1"],
    INSTALLED_APPS=["channels"],
    CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}},
)

django.setup()

room_of: dict[str, str] = {}
seats_of: dict[str, list[str]] = {}


class Room(AsyncJsonWebsocketConsumer):
    """One socket. Messages are JSON objects with a type, as the tutorial of Channels has them."""

    async def receive_json(self, content: dict[str, Any], **_more: Any) -> None:
        kind = content["type"]
        if kind in {"ink", "move"}:
            room = room_of.get(self.channel_name)
            if room is not None:
                for name in seats_of[room]:
                    if name != self.channel_name:
                        await self.channel_layer.send(name, {"type": "relayed", "content": content})
        elif kind == "room_join":
            seats_of.setdefault(content["session"], []).append(self.channel_name)
            room_of[self.channel_name] = content["session"]
            await self.send_json({"type": "joined"})

    async def relayed(self, event: dict[str, Any]) -> None:
        await self.send_json(event["content"])

    async def disconnect(self, _code: int) -> None:
        room = room_of.pop(self.channel_name, None)
        if room is not None:
            seats_of[room].remove(self.channel_name)


if __name__ == "__main__":
    uvicorn.run(ProtocolTypeRouter({"websocket": Room.as_asgi()}), port=int(sys.argv[1]), log_level="error")
