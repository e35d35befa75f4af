"""The programs that real tests need: Chromium, PostgreSQL, Redis, coturn, ffmpeg. Found, or installed where apt may be used."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from config.devkit.console import Missing, run_step, say


@dataclass(frozen=True)
class Program:
    """A program of the machine: the names it may go by, where else it hides, the apt package, the words for a person."""

    title: str
    names: tuple[str, ...]
    package: str
    elsewhere: tuple[str, ...] = ()
    variable: str = ""

    def path(self) -> str | None:
        """Where it is, or None."""
        if self.variable and os.environ.get(self.variable):
            return os.environ[self.variable]
        for name in self.names:
            if found := shutil.which(name):
                return found
        for pattern in self.elsewhere:
            hits = sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
            if hits:
                return str(hits[0])
        return None


CHROMIUM = Program(
    "Chromium",
    ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "chromium",
    ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",),
    variable="CHROMIUM",
)
POSTGRESQL = Program(
    "PostgreSQL",
    (),
    "postgresql",
    (
        "/usr/lib/postgresql/*/bin/initdb",
        "/usr/pgsql-*/bin/initdb",
        "/opt/homebrew/opt/postgresql*/bin/initdb",
        "/usr/local/opt/postgresql*/bin/initdb",
        "/usr/local/pgsql/bin/initdb",
        "/usr/bin/initdb",
    ),
    variable="INITDB",
)
REDIS = Program("Redis", ("redis-server", "valkey-server"), "redis-server")
COTURN = Program("coturn", ("turnserver",), "coturn", ("/usr/sbin/turnserver",))
FFMPEG = Program("ffmpeg", ("ffmpeg",), "ffmpeg")
ALL = (CHROMIUM, POSTGRESQL, REDIS, COTURN, FFMPEG)


def _apt_may_be_used() -> bool:
    return shutil.which("apt-get") is not None and hasattr(os, "geteuid") and os.geteuid() == 0


def need_all() -> None:
    """Find every program, install what is missing with apt when root on Debian or Ubuntu, else name it in one line each."""
    missing = [program for program in ALL if program.path() is None]
    if not missing:
        return
    if _apt_may_be_used():
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        names = [program.package for program in missing]
        # Without this, installing PostgreSQL would also make and start a cluster of its own that nobody wants.
        config = Path("/etc/postgresql-common/createcluster.conf")
        if POSTGRESQL in missing and not config.exists():
            config.parent.mkdir(parents=True, exist_ok=True)
            config.write_text("create_main_cluster = false\n", encoding="utf-8")
        run_step("Updating the list of system packages", ["apt-get", "update", "-q"], env=env, check=False)
        run_step(
            f"Installing {', '.join(program.title for program in missing)}",
            ["apt-get", "install", "-y", "-q", "--no-install-recommends", *names],
            env=env,
            check=False,
        )
        missing = [program for program in missing if program.path() is None]
    for program in missing:
        say(
            f"  {program.title} is missing. Install it (Debian/Ubuntu: apt install {program.package}), then run make test again."
        )
    if missing:
        raise Missing(
            "the tests use real servers and a real browser; " + ", ".join(p.title for p in missing) + " not found."
        )
