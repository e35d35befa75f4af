"""Artifacts: versioned, verified, whole or not at all."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from peerlearn.artifacts.bundle import bundle, unbundle
from peerlearn.artifacts.models import Artifact
from peerlearn.artifacts.service import ArtifactBroken, artifact_latest, artifact_publish, artifact_to_disk
from peerlearn.kernel import db

FILES = {"model.onnx": b"\x00\x01" * 400, "tokenizer.json": b"{}"}


def test_equal_files_give_equal_bundles_and_come_out_as_they_went_in(tmp_path: Path) -> None:
    assert bundle(FILES) == bundle(dict(reversed(FILES.items())))
    unbundle(bundle(FILES), tmp_path)
    assert {entry.name: entry.read_bytes() for entry in tmp_path.iterdir()} == FILES


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "a/b", ".hidden", ""])
def test_a_bundle_holds_flat_plain_names_only(name: str) -> None:
    with pytest.raises(ValueError, match="Not a name"):
        bundle({name: b""})


def test_something_else_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a bundle"):
        unbundle(b"x" * 2000, tmp_path)


def test_versions_grow_and_only_the_newest_three_stay(app: Flask) -> None:
    assert artifact_latest("encoder") is None
    assert [artifact_publish("encoder", bundle({"a": bytes([n])}), {"n": n}) for n in range(5)] == [1, 2, 3, 4, 5]
    newest = artifact_latest("encoder")
    assert newest is not None
    assert (newest.version, newest.meta) == (5, {"n": 4})
    assert db.session.scalar(sa.select(sa.func.count(Artifact.id))) == 3
    assert artifact_publish("other", bundle({}), {}) == 1


def test_the_newest_version_comes_to_disk_whole_and_once(app: Flask, tmp_path: Path) -> None:
    assert artifact_to_disk("encoder", tmp_path) is None
    artifact_publish("encoder", bundle(FILES))
    found = artifact_to_disk("encoder", tmp_path)
    assert found is not None
    row, folder = found
    assert (folder / "model.onnx").read_bytes() == FILES["model.onnx"]
    stamp = (folder / "model.onnx").stat().st_mtime_ns
    assert artifact_to_disk("encoder", tmp_path) == (row, folder)
    assert (folder / "model.onnx").stat().st_mtime_ns == stamp
    assert not list((tmp_path / "encoder").glob(".incoming-*"))


def test_a_newer_version_stands_beside_the_old_one_and_older_ones_go(app: Flask, tmp_path: Path) -> None:
    folders = []
    for number in range(4):
        artifact_publish("encoder", bundle({"a": bytes([number])}))
        found = artifact_to_disk("encoder", tmp_path)
        assert found is not None
        folders.append(found[1])
    assert [folder.exists() for folder in folders] == [False, False, True, True]


def test_bytes_that_do_not_match_their_hash_never_reach_the_disk(app: Flask, tmp_path: Path) -> None:
    artifact_publish("encoder", bundle(FILES))
    db.session.execute(sa.update(Artifact).values(blob=bundle({"a": b"other"})))
    db.session.commit()
    with pytest.raises(ArtifactBroken):
        artifact_to_disk("encoder", tmp_path)
    assert not any(tmp_path.rglob("a"))
