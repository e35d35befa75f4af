"""A web process hears the bus from its first moment on."""

from types import SimpleNamespace

from config.server import _hear_the_bus


def test_the_bus_is_heard_before_the_first_socket_comes_and_only_once() -> None:
    heard: list[str] = []
    server = SimpleNamespace(manager_initialized=False, manager=SimpleNamespace(initialize=lambda: heard.append("on")))
    _hear_the_bus(server)
    _hear_the_bus(server)
    assert heard == ["on"]
