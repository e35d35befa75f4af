"""Other languages: `compiled()` makes what pages read from config/translations; `make words` collects new sentences."""

from __future__ import annotations

from config.devkit import packages
from config.devkit.console import ROOT, main, run_step
from config.devkit.stamps import fingerprint, fresh, press

FOLDER = ROOT / "config" / "translations"


def compiled() -> None:
    """Compile the catalogues unless they were last compiled from exactly these words."""
    sources = sorted(FOLDER.glob("*/LC_MESSAGES/messages.po"))
    stamp = FOLDER / ".stamp"
    value = fingerprint([*sources, ROOT / "config" / "devkit" / "catalogue.py"])
    if fresh(stamp, value) and all(source.with_suffix(".mo").exists() for source in sources):
        return
    _run("Compiling the words", "compile")
    press(stamp, value)


def _run(label: str, word: str) -> None:
    run_step(label, [packages.PYTHON, "-m", "config.devkit.catalogue", word], env=packages.venv_env())


def body() -> None:
    """`make words`: collect what the pages say now into every catalogue."""
    packages.python_packages()
    _run("Collecting the words", "update")
    compiled()


if __name__ == "__main__":
    main(body)
