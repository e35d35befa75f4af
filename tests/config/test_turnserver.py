"""The relay's configuration: no door into private networks, and only credentials that end."""

import ipaddress
from pathlib import Path

import pytest

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
FORBIDDEN = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
    "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4", "::1/128", "::ffff:0:0/96", "64:ff9b::/96", "fc00::/7", "fe80::/10", "ff00::/8",
]  # fmt: skip


@pytest.fixture(scope="module")
def lines(root: Path) -> list[str]:
    text = (root / "config" / "turnserver.conf").read_text()
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def denied(lines: list[str]) -> list[Network]:
    ranges = [line.removeprefix("denied-peer-ip=").split("-") for line in lines if line.startswith("denied-peer-ip=")]
    return [
        network
        for first, last in ranges
        for network in ipaddress.summarize_address_range(ipaddress.ip_address(first), ipaddress.ip_address(last))  # type: ignore[type-var]
    ]


@pytest.mark.parametrize("forbidden", FORBIDDEN)
def test_no_peer_is_inside(denied: list[Network], forbidden: str) -> None:
    network = ipaddress.ip_network(forbidden)
    assert any(one.version == network.version and network.subnet_of(one) for one in denied)  # type: ignore[arg-type]


@pytest.mark.parametrize("public", ["49.36.0.1", "8.8.8.8", "2400:cb00::1"])
def test_the_world_is_not(denied: list[Network], public: str) -> None:
    address = ipaddress.ip_address(public)
    assert not any(address in one for one in denied)


def test_credentials_end_by_themselves(lines: list[str]) -> None:
    assert {"use-auth-secret", "no-cli", "no-multicast-peers", "fingerprint"} <= set(lines)
    assert not any(line.startswith(("user=", "lt-cred-mech", "no-auth", "allow-loopback-peers")) for line in lines)
