"""The index: true neighbours, checked files, swapped by reference, and a twin without Annoy."""

from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.adapters.annoy_index import ARTIFACT, AnnoyVectorIndex, IndexBroken, build, open_index
from peerlearn.artifacts.bundle import unbundle
from peerlearn.artifacts.models import Artifact
from peerlearn.artifacts.service import artifact_publish
from peerlearn.kernel import db


def vectors(count: int, seed: int = 1) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, 384)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def made(count: int, seed: int = 1) -> bytes:
    ids = [7 * n + 3 for n in range(count)]
    return build(ids, vectors(count, seed), {i: (f"strong {i}", "weak") for i in ids}, model="m", built_at=5.0)


def unpacked(folder: Path, blob: bytes) -> Path:
    folder.mkdir(parents=True)
    unbundle(blob, folder)
    return folder


def test_annoy_and_its_twin_agree_on_the_nearest(tmp_path: Path) -> None:
    folder = unpacked(tmp_path / "a", made(400))
    opened, twin = open_index(folder), open_index(folder, exact=True)
    hits = 0
    for query in vectors(30, seed=2):
        near, exact = opened.nearest(query, 10), twin.nearest(query, 10)
        hits += len({n.mentor_id for n in near} & {n.mentor_id for n in exact})
        assert (
            near[0].closeness == pytest.approx(exact[0].closeness, abs=1e-5) or near[0].closeness < exact[0].closeness
        )
        assert [n.closeness for n in near] == sorted((n.closeness for n in near), reverse=True)
    assert hits / 300 >= 0.95


def test_equal_vectors_give_equal_files() -> None:
    assert made(50) == made(50)


def test_an_empty_catalogue_is_an_index_too(tmp_path: Path) -> None:
    opened = open_index(unpacked(tmp_path / "a", made(0)))
    assert opened.nearest(vectors(1)[0], 5) == []


@pytest.mark.parametrize("name", ["trees.annoy", "vectors.npy", "words.json", "manifest.json"])
def test_a_file_that_was_touched_is_refused(tmp_path: Path, name: str) -> None:
    folder = unpacked(tmp_path / "a", made(20))
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 0xFF
    (folder / name).write_bytes(bytes(content))
    with pytest.raises(IndexBroken):
        open_index(folder)


def test_an_index_of_another_dimension_is_refused(tmp_path: Path) -> None:
    folder = unpacked(tmp_path / "a", made(20))
    manifest = (folder / "manifest.json").read_text().replace('"dimension": 384', '"dimension": 256')
    (folder / "manifest.json").write_text(manifest)
    with pytest.raises(IndexBroken, match="dimension"):
        open_index(folder)


def test_a_newer_version_is_taken_and_a_query_under_way_keeps_its_own(app: Flask, tmp_path: Path) -> None:
    index = AnnoyVectorIndex(tmp_path, look_every_seconds=0)
    index.refresh()
    assert (index.version, index.nearest(vectors(1)[0], 3), index.words()) == (0, [], {})
    artifact_publish(ARTIFACT, made(10))
    index.refresh()
    held = index._opened
    assert held is not None
    artifact_publish(ARTIFACT, made(30))
    index.refresh()
    assert index.version == 2
    assert len(held.nearest(vectors(1)[0], 50)) == 10
    assert len(index.nearest(vectors(1)[0], 50)) == 30
    assert index.vectors_of([3, 4, 10])[0] == [3, 10]
    assert index.words()[3] == ("strong 3", "weak")


def test_a_broken_newest_version_leaves_the_one_in_use(app: Flask, tmp_path: Path) -> None:
    index = AnnoyVectorIndex(tmp_path, look_every_seconds=0)
    artifact_publish(ARTIFACT, made(10))
    index.refresh()
    artifact_publish(ARTIFACT, b"not a bundle")
    index.refresh()
    assert index.version == 1
    assert len(index.nearest(vectors(1)[0], 50)) == 10


def test_an_index_that_was_taken_away_leaves_nothing_and_nothing_fails(app: Flask, tmp_path: Path) -> None:
    index = AnnoyVectorIndex(tmp_path, look_every_seconds=0)
    artifact_publish(ARTIFACT, made(10))
    index.refresh()
    db.session.execute(sa.delete(Artifact))
    db.session.commit()
    index.refresh()
    assert (index.version, index.nearest(vectors(1)[0], 3)) == (0, [])
