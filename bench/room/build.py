"""Compiles the load generator and the floor's relay, and installs Node's packages, each only when something changed."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "generator"
NODE = HERE / "peers" / "node"


def compiled(folder: Path) -> tuple[Path, Path]:
    """Return the programs `load` and `relay`, compiled into `folder`. Raises RuntimeError with what is missing."""
    files = sorted(SOURCES.glob("*.[ch]"))
    print_of = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    stamp, load, relay = folder / "stamp", folder / "load", folder / "relay"
    if stamp.exists() and stamp.read_text(encoding="ascii") == print_of:
        return load, relay
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise RuntimeError(
            "the load generator is written in C and no compiler was found (Debian/Ubuntu: apt install gcc)"
        )
    folder.mkdir(parents=True, exist_ok=True)
    parts = ("load", "line", "script", "figures")
    for target, names in ((load, parts), (relay, ("relay",))):
        words = [compiler, "-O2", "-Wall", "-Wextra", "-Werror=implicit", "-o", str(target)]
        words += [str(SOURCES / f"{name}.c") for name in names] + ["-lz"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            hint = " (Debian/Ubuntu: apt install zlib1g-dev)" if "zlib.h" in done.stderr or "-lz" in done.stderr else ""
            raise RuntimeError(f"the load generator does not compile{hint}:\n{done.stderr}")
    stamp.write_text(print_of, encoding="ascii")
    return load, relay


def node_ready() -> None:
    """Install the packages of the Node server as its lock file says."""
    lock = (NODE / "package-lock.json").read_bytes()
    stamp = NODE / "node_modules" / ".stamp"
    value = hashlib.sha256(lock).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == value:
        return
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=NODE, check=True)
    stamp.write_text(value, encoding="ascii")
