"""The encoders: the export says what the reference says, and waits politely until it is there."""

from pathlib import Path

import numpy as np
import pytest
from flask import Flask

from peerlearn.adapters.encoders import ARTIFACT, MODEL, OnnxEncoder, SentenceTransformersEncoder, make_encoder
from peerlearn.artifacts.bundle import bundle
from peerlearn.artifacts.service import artifact_publish
from peerlearn.errors import Upstream
from tests.peerlearn.recommend.export import exported_folder

TEXTS = [
    "I help with single-variable calculus: limits, derivatives and integrals.",
    "Python from zero, loops and lists, small projects.",
    "Carnatic vocals: breath, tala, and one raga you love. " * 30,
    "ok",
]


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    return exported_folder(root / "var" / "tests")


def test_the_export_gives_unit_rows_close_to_the_reference(folder: Path) -> None:
    small = OnnxEncoder(folder.parent, unpacked=folder).encode(TEXTS)
    reference = SentenceTransformersEncoder().encode(TEXTS)
    assert small.shape == reference.shape == (4, 384)
    assert small.dtype == np.float32
    assert np.linalg.norm(small, axis=1) == pytest.approx(np.ones(4), abs=1e-3)
    assert (small * reference).sum(axis=1).min() > 0.95


def test_a_text_means_the_same_alone_and_in_company(folder: Path) -> None:
    encoder = OnnxEncoder(folder.parent, unpacked=folder)
    alone, together = encoder.encode(TEXTS[:1])[0], encoder.encode(TEXTS)[0]
    assert alone @ together > 0.9999
    assert encoder.encode([]).shape == (0, 384)
    assert "calculus" in (encoder.dictionary or frozenset())


def test_before_the_export_is_published_it_says_so_and_then_takes_it(app: Flask, tmp_path: Path, folder: Path) -> None:
    encoder = OnnxEncoder(tmp_path)
    encoder.refresh()
    with pytest.raises(Upstream) as missing:
        encoder.encode(["calculus"])
    assert missing.value.code == "encoder_missing"
    assert encoder.dictionary is None
    artifact_publish(ARTIFACT, bundle({entry.name: entry.read_bytes() for entry in folder.iterdir()}), {"model": MODEL})
    encoder._looked_at = float("-inf")
    encoder.refresh()
    assert encoder.encode(["calculus"]).shape == (1, 384)


def test_a_web_process_never_gets_the_reference(tmp_path: Path) -> None:
    assert isinstance(make_encoder("sentence-transformers", worker=False, folder=tmp_path), OnnxEncoder)
    assert isinstance(make_encoder("sentence-transformers", worker=True, folder=tmp_path), SentenceTransformersEncoder)
    assert isinstance(make_encoder("onnx", worker=True, folder=tmp_path), OnnxEncoder)
    with pytest.raises(ValueError, match="ENCODER"):
        make_encoder("word2vec", worker=True, folder=tmp_path)
