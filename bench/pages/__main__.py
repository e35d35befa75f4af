"""`make bench-pages`: our catalogue page and Django's, the same twenty cards of the same database, in the same run.

Both are served by eventlet's WSGI server, one process each, and asked in turn over one kept-alive connection.
"""

import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench.pages.probe import Asker, Timing, has_loaded, middle, resident_megabytes
from bench.pages.transfer import first_load_bytes
from config.devkit.programs import CHROMIUM
from tests.product import ROOT, Product, free_port

ROUNDS, WARM_UP, PAGES_PER_ROUND, STARTS = 5, 30, 60, 3
BOUNDS = {
    "page_ms": 60.0,
    "page_cpu_ratio": 0.5,
    "landing_kb": 150.0,
    "feed_kb": 150.0,
    "rss_mb": 300.0,
    "start_s": 3.0,
    "search_ms": 150.0,
}
SEARCHES = [
    "help with integrals before my exam", "speak german for an interview", "guitar for a complete beginner", "why is my python slow",
    "sketching and product design", "organic chemistry reaction mechanisms", "ielts writing band 8", "probability and dice",
    "learn to sing", "sql joins explained", "spanish for travel", "electricity and circuits", "data structures in java",
    "public speaking", "essay feedback", "calclus limits", "rust ownership", "watercolour", "trigonometry for class 11", "mock interview",
]  # fmt: skip


@contextmanager
def django(database: Path) -> Iterator[tuple[int, int]]:
    """The peer on a free port; yields (port, process id)."""
    port = free_port()
    words = [sys.executable, "-W", "ignore", "-m", "bench.pages.django_peer.serve", str(port)]
    process = subprocess.Popen(words, cwd=ROOT, env={"PEER_DATABASE": str(database), "PATH": "/usr/bin:/bin"})
    try:
        _wait(f"http://127.0.0.1:{port}/empty")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def _wait(url: str) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"{url} did not answer")


def web_pid(product: Product) -> int:
    """The process id of the running web process."""
    return product._running["web"].pid


def start_seconds(product: Product) -> float:
    """How long from starting the web process to its first good answer, the median of a few starts."""
    found = []
    for _ in range(STARTS):
        product.kill("web")
        started = time.perf_counter()
        product.start("web")
        found.append(time.perf_counter() - started)
    return statistics.median(found)


def compare(ours: Asker, theirs: Asker) -> tuple[Timing, Timing]:
    """Ask both in turn, so that a noisy moment of the machine hits both."""
    for asker in (ours, theirs):
        asker.many(["/explore"] * WARM_UP)
    rounds = [
        (ours.many(["/explore"] * PAGES_PER_ROUND), theirs.many(["/explore"] * PAGES_PER_ROUND)) for _ in range(ROUNDS)
    ]
    return middle([pair[0] for pair in rounds]), middle([pair[1] for pair in rounds])


def measure(product: Product) -> dict[str, float]:
    """All figures of one run."""
    found = {"start_s": start_seconds(product)}
    ours = Asker(product.port, web_pid(product))
    with django(product.folder / "peerlearn.db") as (port, pid):
        here, there = compare(ours, Asker(port, pid))
    print(f"  {'catalogue page':<22}{'median ms':>10}{'p95 ms':>9}{'CPU ms':>9}{'bytes':>9}")
    for name, timing in (("PeerLearn", here), ("Django", there)):
        print(f"  {name:<22}{timing.median_ms:>10.1f}{timing.p95_ms:>9.1f}{timing.cpu_ms:>9.2f}{timing.bytes:>9}")
    found |= {"page_ms": here.median_ms, "page_cpu_ms": here.cpu_ms, "django_cpu_ms": there.cpu_ms}
    found["page_cpu_ratio"] = here.cpu_ms / there.cpu_ms
    ours.many([f"/explore?q={words.replace(' ', '+')}" for words in SEARCHES[:3]])
    search = ours.many([f"/explore?q={words.replace(' ', '+')}" for words in SEARCHES])
    print(
        f"  free-text search      {search.median_ms:>10.1f}{search.p95_ms:>9.1f}{search.cpu_ms:>9.2f}{search.bytes:>9}"
    )
    found["search_ms"] = search.p95_ms
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM.path(), args=["--no-sandbox", "--disable-gpu"])
        for name, path, email in (("landing", "/", None), ("feed", "/home", "rohan@peerlearn.test")):
            total, files = first_load_bytes(browser, product.url, path, email=email)
            found[f"{name}_kb"] = total / 1000
            print(f"  first load of {path}: {total / 1000:.1f} kB")
            for file, size in sorted(files.items(), key=lambda item: -item[1])[:8]:
                print(f"    {size / 1000:>7.1f}  {file[:90]}")
        browser.close()
    found["rss_mb"] = resident_megabytes(web_pid(product))
    found["torch_in_web"] = float(has_loaded(web_pid(product), "torch"))
    return found


def main() -> int:
    """Measure, print, and say by the exit code whether every bound is kept."""
    with tempfile.TemporaryDirectory() as name:
        product = Product(Path(name))
        product.extra_env["SOCKET_PING_SECONDS"] = "10"
        product.prepare()
        product.flask("index", "rebuild")
        product.start("gateway", "web")
        try:
            found = measure(product)
        finally:
            product.stop()
    missed = [f"{key} {found[key]:.2f} (bound {bound:g})" for key, bound in BOUNDS.items() if found[key] > bound]
    if found["torch_in_web"]:
        missed.append("torch is loaded in the web process")
    for line in missed:
        print(f"  MISSED {line}")
    print("RESULT bench-pages " + " ".join(f"{key}={value:.2f}" for key, value in sorted(found.items())))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
