"""The encoder's export for tests, made once (half a minute, torch) and kept."""

import fcntl
import shutil
from pathlib import Path

from peerlearn.adapters.encoders import MODEL, export_bundle
from peerlearn.artifacts.bundle import unbundle


def exported_folder(cache: Path) -> Path:
    """Return a folder with model.onnx and tokenizer.json. Of several runs of the tests beside each other one makes it, the others wait."""
    target = cache / f"{MODEL}-int8"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "export.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (target / "model.onnx").exists():
            fresh = cache / "incoming"
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir()
            unbundle(export_bundle()[0], fresh)
            shutil.rmtree(target, ignore_errors=True)
            fresh.rename(target)
    return target
