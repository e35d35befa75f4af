"""The whole product as its users meet it: simulator, web process and worker, on free ports, with the demo data."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60


def free_port() -> int:
    """Return a TCP port of the loopback that nobody holds at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Product:
    """One running PeerLearn. Everything it writes stands in `folder`; `stop` ends every process it started.

    `patience` is for how many seconds a process may take to answer after its start.
    """

    folder: Path
    extra_env: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    gateway_port: int = field(default_factory=free_port)
    patience: float = START_SECONDS
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where browsers go."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def gateway_url(self) -> str:
        """Where the simulator of Razorpay answers."""
        return f"http://127.0.0.1:{self.gateway_port}"

    @property
    def env(self) -> dict[str, str]:
        """The environment of every process of this product."""
        keep = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "TMPDIR")
        return {
            **{name: os.environ[name] for name in keep if name in os.environ},
            "PORT": str(self.port),
            "DATA_DIR": str(self.folder),
            "RAZORPAY_BASE_URL": self.gateway_url,
            "RAZORPAY_CHECKOUT_URL": f"{self.gateway_url}/checkout.js",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore",
            "PYTHONPATH": str(ROOT),
            **self.extra_env,
        }

    def flask(self, *command: str) -> str:
        """Run a `flask --app config.app` command and return what it printed. Raises where it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "config.app", *command],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"flask {' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def prepare(self, *, demo: bool = True) -> Self:
        """Bring the database to the newest version and load the demo data."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.flask("db", "upgrade")
        if demo:
            self.flask("demo", "load")
        return self

    def start(self, *names: str) -> Self:
        """Start the named processes (all three by default) and wait until they answer."""
        for name in names or ("gateway", "web", "worker"):
            self._spawn(name, self._command(name))
        for name, url in (("gateway", self.gateway_url), ("web", f"{self.url}/healthz")):
            if name in self._running:
                self._wait(name, url)
        return self

    def _command(self, name: str) -> Sequence[str]:
        if name == "web":
            return [sys.executable, "wsgi.py"]
        if name == "worker":
            consumer = str(Path(sys.executable).with_name("huey_consumer"))
            return [consumer, "config.worker.huey", "-w", "4", "-g", "TERM", "-t", "22", "-m", "1", "-f"]
        return [
            sys.executable,
            "-m",
            "peerlearn.adapters.razorpay_simulator",
            "--port",
            str(self.gateway_port),
            "--data",
            str(self.folder / "razorpay.db"),
            "--webhook",
            f"{self.url}/webhooks/razorpay",
        ]

    def _spawn(self, name: str, command: Sequence[str]) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        self._running[name] = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=log, stderr=log)
        log.close()

    def _wait(self, name: str, url: str) -> None:
        end = time.monotonic() + self.patience
        while True:
            if self._running[name].poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{name} did not start:\n{self.log(name)}")
            try:
                with urllib.request.urlopen(url, timeout=2):
                    return
            except OSError:
                time.sleep(0.05)

    def log(self, name: str) -> str:
        """Return the last lines a process wrote."""
        file = self.folder / f"{name}.log"
        return file.read_text(errors="replace")[-4000:] if file.exists() else ""

    def kill(self, name: str) -> None:
        """End a process at once, as a crash would."""
        process = self._running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def runs(self, name: str) -> bool:
        """Whether this process was started and has not ended."""
        return name in self._running and self._running[name].poll() is None

    def pid(self, name: str) -> int:
        """The id of a running process."""
        return self._running[name].pid

    def stop(self) -> None:
        """End every process, politely first."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(timeout=25)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()
