"""Answers leave compressed, where the browser reads gzip and it pays. Built files are compressed when they are built.

A page that shows both a secret (the CSRF token) and a stranger's words could be measured by its compressed size
(BREACH). Each answer therefore carries a file name of random length in its gzip header, which hides the few bytes
that such an attack counts (Heal the Breach, IEEE 2022).
"""

import secrets
import struct
import zlib
from collections.abc import Iterable, Iterator

from flask import Flask, Response, request

WORTH_BYTES = 500
LEVEL = 5
QUICK = 1  # megabytes while somebody waits: a tenth larger in half the time
NOISE_BYTES = 100
KINDS = frozenset({"text/html", "application/json", "image/svg+xml", "text/plain", "text/calendar", "text/csv"})
# Identification, deflate, "has a name", no time, no extra flags, unknown system (RFC 1952).
HEADER = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff"


def gzipped(body: bytes) -> bytes:
    """Return one gzip member with a name of random length in its header."""
    name = b"x" * (1 + secrets.randbelow(NOISE_BYTES)) + b"\x00"
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(body) + packer.flush()
    return b"".join((HEADER, name, packed, struct.pack("<LL", zlib.crc32(body), len(body) & 0xFFFFFFFF)))


def gzip_stream(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Return one gzip member, as above, piece by piece: each part can be unpacked as soon as it is there."""
    packer = zlib.compressobj(QUICK, zlib.DEFLATED, -zlib.MAX_WBITS)
    crc = size = 0
    yield HEADER + b"x" * (1 + secrets.randbelow(NOISE_BYTES)) + b"\x00"
    for part in parts:
        crc, size = zlib.crc32(part, crc), size + len(part)
        yield packer.compress(part) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush() + struct.pack("<LL", crc, size & 0xFFFFFFFF)


def _pays(response: Response) -> bool:
    return (
        response.mimetype in KINDS
        and response.status_code not in {204, 206, 304}
        and not response.direct_passthrough
        and not response.is_streamed
        and "Content-Encoding" not in response.headers
        and (response.content_length or 0) >= WORTH_BYTES
    )


def _compress(response: Response) -> Response:
    if not _pays(response):
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"]:
        return response
    tag, _weak = response.get_etag()
    response.set_data(gzipped(response.get_data()))
    response.headers["Content-Encoding"] = "gzip"
    if tag:
        # The bytes differ from time to time, what they say does not.
        response.set_etag(tag, weak=True)
    return response


def register(app: Flask) -> None:
    """Compress what this application answers. Registered first, so that it runs last."""
    app.after_request(_compress)
