"""The nearest mentors by Annoy: built in the worker, published as an artifact, mapped into memory by the web.

An opened index is immutable and swapped by reference: a query that is under way keeps the one it began with. The
vectors lie beside the trees as a plain matrix, for exact scans of a few and for machines without Annoy.
"""

import contextlib
import hashlib
import io
import json
import logging
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from peerlearn.artifacts.bundle import bundle
from peerlearn.artifacts.service import ArtifactBroken, artifact_to_disk
from peerlearn.recommend.ports import DIMENSION, Neighbour, Vectors

AnnoyIndex: Any = None
with contextlib.suppress(ImportError):  # built from source at install: where that failed, the plain matrix answers
    from annoy import AnnoyIndex

log = logging.getLogger(__name__)

ARTIFACT = "mentor-index"
METRIC = "angular"
TREES = 50
SEARCH_NODES = 2_000  # 50 trees and 2,000 nodes: recall 0.995 at 100,000 vectors
SEED = 20_211
LOOK_EVERY_SECONDS = 2.0


class IndexBroken(Exception):
    """The files of an index don't fit together; the one in use stays."""


def build(
    mentor_ids: Sequence[int], vectors: Vectors, words: Mapping[int, tuple[str, str]], *, model: str, built_at: float
) -> bytes:
    """Return the bundle of an index over unit rows, shape (len(mentor_ids), 384)."""
    files: dict[str, bytes] = {}
    rows = np.ascontiguousarray(vectors, np.float32)
    if rows.shape != (len(mentor_ids), DIMENSION):
        raise ValueError(f"Expected {len(mentor_ids)} rows of {DIMENSION}, got {rows.shape}")
    if AnnoyIndex is not None and len(mentor_ids):
        trees = AnnoyIndex(DIMENSION, METRIC)
        trees.set_seed(SEED)
        for position, row in enumerate(rows):
            trees.add_item(position, row)  # dense positions: a gap would come back as a zero vector
        trees.build(TREES, n_jobs=1)  # one thread: the same vectors give the same file
        with tempfile.TemporaryDirectory() as temporary:
            file = Path(temporary, "trees.annoy")
            trees.save(str(file))
            files["trees.annoy"] = file.read_bytes()
    out = io.BytesIO()
    np.save(out, rows)
    files["vectors.npy"] = out.getvalue()
    files["words.json"] = json.dumps(
        {str(mentor_id): list(words.get(mentor_id, ("", ""))) for mentor_id in mentor_ids}, ensure_ascii=False
    ).encode()
    manifest = {
        "dimension": DIMENSION,
        "metric": METRIC,
        "model": model,
        "built_at": built_at,
        "count": len(mentor_ids),
        "mentor_ids": [int(mentor_id) for mentor_id in mentor_ids],
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    files["manifest.json"] = json.dumps(manifest, sort_keys=True).encode()
    return bundle(files)


@dataclass(frozen=True)
class OpenedIndex:
    """One version of the index, mapped read-only."""

    version: int
    built_at: float
    mentor_ids: npt.NDArray[np.int64]
    vectors: Vectors
    trees: Any
    texts: dict[int, tuple[str, str]]
    positions: dict[int, int]

    def nearest(self, vector: Vectors, count: int) -> list[Neighbour]:
        """Ask the trees; without trees, the matrix."""
        if self.trees is None:
            return self.nearest_exact(vector, count)
        found, distances = self.trees.get_nns_by_vector(
            vector, count, search_k=max(SEARCH_NODES, count * 4), include_distances=True
        )
        # Annoy's angular distance is sqrt(2 (1 - cos)).
        return [
            Neighbour(int(self.mentor_ids[position]), 1 - distance * distance / 2)
            for position, distance in zip(found, distances, strict=True)
        ]

    def nearest_exact(self, vector: Vectors, count: int) -> list[Neighbour]:
        """Compare with every row."""
        closeness = self.vectors @ vector
        best = np.argsort(-closeness, kind="stable")[:count]
        return [Neighbour(int(self.mentor_ids[position]), float(closeness[position])) for position in best]


def open_index(folder: Path, version: int = 0, *, exact: bool = False) -> OpenedIndex:
    """Open the unpacked bundle of `build`. Raises IndexBroken where the manifest and the files disagree.

    With `exact` the trees are left out: the brute-force twin, for machines without Annoy and for comparing.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        if manifest["dimension"] != DIMENSION or manifest["metric"] != METRIC:
            raise IndexBroken(f"The index has dimension {manifest['dimension']}, metric {manifest['metric']}")
        for name, digest in manifest["sha256"].items():
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
                raise IndexBroken(f"{name} does not match its hash")
        vectors = np.load(folder / "vectors.npy", mmap_mode="r" if manifest["count"] else None)
        texts = json.loads((folder / "words.json").read_bytes())
    except (OSError, ValueError, KeyError) as error:
        raise IndexBroken(f"The index can't be read: {error}") from error
    mentor_ids = np.asarray(manifest["mentor_ids"], np.int64)
    if vectors.shape != (manifest["count"], DIMENSION) or len(mentor_ids) != manifest["count"]:
        raise IndexBroken(f"The index says {manifest['count']} rows and holds {vectors.shape}")
    trees = None
    if not exact and AnnoyIndex is not None and "trees.annoy" in manifest["sha256"]:
        # A fresh object for each file: loading into a used one after a failure crashes the process.
        trees = AnnoyIndex(DIMENSION, METRIC)
        try:
            trees.load(str(folder / "trees.annoy"))
        except OSError as error:
            raise IndexBroken(f"Annoy refuses the file: {error}") from error
        if trees.get_n_items() != manifest["count"]:
            raise IndexBroken(f"The trees hold {trees.get_n_items()} items, not {manifest['count']}")
    return OpenedIndex(
        version=version,
        built_at=float(manifest["built_at"]),
        mentor_ids=mentor_ids,
        vectors=vectors,
        trees=trees,
        texts={int(mentor_id): (pair[0], pair[1]) for mentor_id, pair in texts.items()},
        positions={int(mentor_id): position for position, mentor_id in enumerate(mentor_ids)},
    )


class AnnoyVectorIndex:
    """The VectorIndex port: keeps the newest published index open. Empty until there is one."""

    def __init__(self, folder: Path, *, look_every_seconds: float = LOOK_EVERY_SECONDS) -> None:
        self._folder = folder
        self._opened: OpenedIndex | None = None
        self._look_every = look_every_seconds
        self._looked_at = float("-inf")

    @property
    def version(self) -> int:
        """The version in use; 0 where there is none."""
        return self._opened.version if self._opened else 0

    @property
    def built_at(self) -> float:
        """When its vectors were read, as a POSIX time."""
        return self._opened.built_at if self._opened else 0.0

    def build(
        self, mentor_ids: Sequence[int], vectors: Vectors, words: Mapping[int, tuple[str, str]], *, model: str,
        built_at: float,
    ) -> bytes:  # fmt: skip
        """Return the bundle of a new index, to be published as the artifact `mentor-index`."""
        return build(mentor_ids, vectors, words, model=model, built_at=built_at)

    def refresh(self) -> None:
        """Open the newest published index. Looks at most every two seconds; a broken one is logged and left alone."""
        if time.monotonic() - self._looked_at < self._look_every:
            return
        self._looked_at = time.monotonic()
        try:
            found = artifact_to_disk(ARTIFACT, self._folder)
            if found is None:
                self._opened = None
            elif found[0].version != self.version:
                self._opened = open_index(found[1], found[0].version)
        except (ArtifactBroken, IndexBroken):
            log.exception("the newest index can't be used; version %s stays", self.version)

    def nearest(self, vector: Vectors, count: int) -> list[Neighbour]:
        """Return up to `count` mentors near a unit vector of shape (384,), nearest first."""
        opened = self._opened
        return opened.nearest(vector, count) if opened and count > 0 else []

    def vectors_of(self, mentor_ids: Sequence[int]) -> tuple[list[int], Vectors]:
        """Return the ids among these that the index knows, and their rows."""
        opened = self._opened
        if opened is None:
            return [], np.zeros((0, DIMENSION), np.float32)
        known = [mentor_id for mentor_id in mentor_ids if mentor_id in opened.positions]
        return known, np.asarray(opened.vectors[[opened.positions[mentor_id] for mentor_id in known]], np.float32)

    def words(self) -> dict[int, tuple[str, str]]:
        """Return what each indexed mentor is found by: (strong text, weak text)."""
        return self._opened.texts if self._opened else {}
