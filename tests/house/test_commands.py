"""What the Procfile and the README tell a person to type can be typed."""

import re
import shlex
import subprocess
from pathlib import Path

from flask import Flask


def _flask_command_exists(app: Flask, words: list[str]) -> bool:
    group = app.cli
    for word in words:
        if word.startswith("-"):
            break
        command = getattr(group, "commands", {}).get(word)
        if command is None:
            return False
        if not hasattr(command, "commands"):
            return True
        group = command
    return group is not app.cli


def _procfile(root: Path) -> dict[str, str]:
    lines = (root / "Procfile").read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines if line)


def test_the_procfile_names_release_web_and_worker(root: Path, whole_app: Flask) -> None:
    commands = _procfile(root)
    assert list(commands) == ["release", "web", "worker"]
    release = shlex.split(commands["release"])
    assert release[:3] == ["flask", "--app", "config.app"]
    assert _flask_command_exists(whole_app, release[3:])
    assert commands["web"] == "python wsgi.py"
    assert (root / "wsgi.py").exists()


def test_the_worker_flags_are_known_to_this_huey(root: Path) -> None:
    from huey.consumer_options import OptionParserHandler

    words = shlex.split(_procfile(root)["worker"])
    assert words[:2] == ["huey_consumer", "config.worker.huey"]
    options, rest = OptionParserHandler().get_option_parser().parse_args(words[2:])
    assert not rest
    assert (options.graceful_signal, options.flush_locks) == ("TERM", True)


def _documents(root: Path) -> str:
    files = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    return "\n".join(file.read_text(encoding="utf-8") for file in files if file.exists())


def _code(text: str) -> str:
    return "\n".join(re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text))


def test_every_make_target_in_the_documents_exists(root: Path) -> None:
    made = set(re.findall(r"^([a-z][a-z-]*):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    told = set(re.findall(r"\bmake ([a-z][a-z-]*)", _code(_documents(root))))
    assert (root / "README.md").exists()
    assert not told - made


def test_every_flask_command_in_the_documents_exists(root: Path, whole_app: Flask) -> None:
    lines = re.findall(r"flask --app config\.app ([a-z][a-z -]*)", _code(_documents(root)))
    assert not [line for line in lines if not _flask_command_exists(whole_app, line.split())]


def test_every_file_the_makefile_starts_exists(root: Path) -> None:
    text = (root / "Makefile").read_text(encoding="utf-8")
    modules = re.findall(r"\$\(IN\) ([a-z_.]+)", text) + [
        f"config.devkit.{name}" for name in re.findall(r"\$\(KIT\)\.([a-z_]+)", text)
    ]
    scripts = re.findall(r"\b((?:bench|config|tests)/[\w./-]+\.(?:py|mjs|sh))", text)
    missing = [name for name in modules if not _module_exists(root, name)] + [
        name for name in scripts if not (root / name).exists()
    ]
    assert not missing


def _module_exists(root: Path, name: str) -> bool:
    path = root / name.replace(".", "/")
    return path.with_suffix(".py").exists() or (path / "__main__.py").exists()


def test_make_help_lists_every_public_target(root: Path) -> None:
    told = subprocess.run(["make", "help"], cwd=root, capture_output=True, text=True, check=True).stdout
    for target in ("run", "test", "lint", "types", "build", "watch"):
        assert f"make {target} " in told
