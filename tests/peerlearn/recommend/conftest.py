"""A small catalogue with real words, and the real encoder on it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peerlearn.adapters.annoy_index import AnnoyVectorIndex
from peerlearn.adapters.encoders import OnnxEncoder
from tests.peerlearn.recommend.catalogue import Catalogue
from tests.peerlearn.recommend.export import exported_folder


@pytest.fixture(scope="session")
def encoder(root: Path) -> OnnxEncoder:
    """The web's encoder on a real export; the export is made once and kept in var/, which git leaves alone."""
    folder = exported_folder(root / "var" / "tests")
    made = OnnxEncoder(folder.parent, unpacked=folder)
    made.encode(["warm"])
    return made


@pytest.fixture
def index(tmp_path: Path) -> AnnoyVectorIndex:
    """An index that looks for a newer version at every call."""
    return AnnoyVectorIndex(tmp_path, look_every_seconds=0)


@pytest.fixture
def catalogue(kept: Callable[..., Any], clock: Any, encoder: OnnxEncoder, index: AnnoyVectorIndex) -> Catalogue:
    """Twelve approved mentors of six topics, embedded and indexed; learners come on demand."""
    return Catalogue(encoder, index).filled(kept)


@pytest.fixture
def encode(encoder: OnnxEncoder) -> Callable[[str], Any]:
    """The query encoder as the edge passes it."""
    return lambda text: encoder.encode([text])[0]
