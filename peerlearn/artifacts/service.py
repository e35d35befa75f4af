"""Publishing artifacts, and bringing the newest one to this machine's disk."""

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from peerlearn.artifacts.bundle import unbundle
from peerlearn.artifacts.models import Artifact
from peerlearn.kernel import db, transactional

KEPT_VERSIONS = 3
KEPT_ON_DISK = 2


class ArtifactBroken(Exception):
    """The stored bytes are not what was published. Publish it again."""


@dataclass(frozen=True, slots=True)
class ArtifactRow:
    """What is known of an artifact without its bytes."""

    id: int
    name: str
    version: int
    sha256: str
    meta: Mapping[str, Any]


_LATEST = (
    sa.select(Artifact.id, Artifact.name, Artifact.version, Artifact.sha256, Artifact.meta)
    .where(Artifact.name == bindparam("name"))
    .order_by(Artifact.version.desc())
    .limit(1)
)
_BLOB = sa.select(Artifact.blob).where(Artifact.id == bindparam("id"))


@transactional
def artifact_publish(name: str, blob: bytes, meta: Mapping[str, Any] | None = None) -> int:
    """Store a new version of a named blob and return its version. Only the newest three versions are kept."""
    newest = db.session.scalar(sa.select(sa.func.max(Artifact.version)).where(Artifact.name == name)) or 0
    db.session.add(
        Artifact(
            name=name,
            version=newest + 1,
            sha256=hashlib.sha256(blob).hexdigest(),
            blob=blob,
            meta=dict(meta or {}),
        )
    )
    db.session.execute(sa.delete(Artifact).where(Artifact.name == name, Artifact.version <= newest + 1 - KEPT_VERSIONS))
    return newest + 1


def artifact_latest(name: str) -> ArtifactRow | None:
    """Return the newest version of a name without its bytes, or None. One small indexed read."""
    row = db.session.execute(_LATEST, {"name": name}).one_or_none()
    return ArtifactRow(*row) if row else None


def artifact_to_disk(name: str, folder: Path) -> tuple[ArtifactRow, Path] | None:
    """Make sure the newest version of a bundle is on this disk; return it and its folder, or None without one.

    The bytes are checked against their hash, unpacked beside, and appear under their final name in one rename: another
    process sees all of a version or nothing of it. Raises ArtifactBroken where the hash or the bundle is wrong.
    """
    row = artifact_latest(name)
    if row is None:
        return None
    home = folder / name
    target = home / f"{row.version:06d}-{row.sha256[:12]}"
    if not target.is_dir():
        blob = db.session.scalar(_BLOB, {"id": row.id})
        if blob is None:  # a newer version has just replaced it
            return artifact_to_disk(name, folder)
        if hashlib.sha256(blob).hexdigest() != row.sha256:
            raise ArtifactBroken(f"{name} version {row.version} does not match its hash")
        home.mkdir(parents=True, exist_ok=True)
        incoming = Path(tempfile.mkdtemp(prefix=".incoming-", dir=home))
        try:
            unbundle(blob, incoming)
            incoming.replace(target)
        except ValueError as error:
            raise ArtifactBroken(f"{name} version {row.version} can't be unpacked") from error
        except OSError:
            if not target.is_dir():  # else another process was faster, with the same bytes
                raise
        finally:
            shutil.rmtree(incoming, ignore_errors=True)
        _forget_old(home, keep=target)
    return row, target


def _forget_old(home: Path, keep: Path) -> None:
    """Remove all but the newest folders. Files that are still mapped stay readable until their process lets go."""
    folders = sorted(
        (entry for entry in home.iterdir() if entry.is_dir() and not entry.name.startswith(".") and entry != keep),
        key=lambda entry: entry.stat().st_mtime,
    )
    for old in folders[: max(0, len(folders) - (KEPT_ON_DISK - 1))]:
        shutil.rmtree(old, ignore_errors=True)
