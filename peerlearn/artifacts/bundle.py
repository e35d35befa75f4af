"""Several files as one blob and back. Equal files give equal bytes, so that a hash names the content."""

import io
import re
import tarfile
from collections.abc import Mapping
from pathlib import Path

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,60}")


def bundle(files: Mapping[str, bytes]) -> bytes:
    """Return an uncompressed tar of flat files, sorted, without owners and times."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted(files):
            if not _NAME.fullmatch(name):
                raise ValueError(f"Not a name for a bundled file: {name!r}")
            entry = tarfile.TarInfo(name)
            entry.size = len(files[name])
            tar.addfile(entry, io.BytesIO(files[name]))
    return out.getvalue()


def unbundle(blob: bytes, folder: Path) -> None:
    """Write the files of a bundle into an existing folder. Raises ValueError for anything but flat, plain files."""
    try:
        with tarfile.open(fileobj=io.BytesIO(blob), mode="r:") as tar:
            for entry in tar:
                source = tar.extractfile(entry) if entry.isfile() and _NAME.fullmatch(entry.name) else None
                if source is None:
                    raise ValueError(f"A bundle may not hold {entry.name!r}")
                (folder / entry.name).write_bytes(source.read())
    except tarfile.TarError as error:
        raise ValueError("This blob is not a bundle") from error
