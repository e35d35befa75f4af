"""The encoder's export for tests, made once (half a minute, torch) and kept."""

import shutil
from pathlib import Path

from peerlearn.adapters.encoders import MODEL, export_bundle
from peerlearn.artifacts.bundle import unbundle


def exported_folder(cache: Path) -> Path:
    """Return a folder with model.onnx and tokenizer.json."""
    target = cache / f"{MODEL}-int8"
    if not (target / "model.onnx").exists():
        fresh = cache / "incoming"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        unbundle(export_bundle()[0], fresh)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    return target
