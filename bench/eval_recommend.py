"""How well and how fast finding answers: relevance on graded queries, and two ways to read a query.

`make eval-recommend`. Needs torch once, for the export. Bounds: nDCG@10 of the web's encoder with words >= 0.85 on the
catalogue below; reading a query in the web process at most half of asking the worker for it.
"""

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from huey import SqliteHuey
from huey.consumer import Consumer

from peerlearn.adapters.encoders import OnnxEncoder, SentenceTransformersEncoder
from peerlearn.recommend.lexicon import Lexicon
from peerlearn.recommend.rank import WORDS_WEIGHT
from peerlearn.recommend.texts import mentor_text, mentor_words
from tests.peerlearn.recommend.catalogue import MENTORS, TOPICS
from tests.peerlearn.recommend.export import exported_folder
from tests.peerlearn.recommend.test_relevance import QUERIES, gain

ROUNDS = 40
FLOOR = 0.85
SHARE = 1 / 2


def relevance(encoder: Any, *, words: bool) -> float:
    """Return the mean nDCG@10 over the graded queries."""
    names = [entry[0].split()[0] for entry in MENTORS]
    vectors = encoder.encode([mentor_text(entry[5], [TOPICS[entry[1]][0]], entry[6]) for entry in MENTORS])
    lexicon = Lexicon(
        {n: mentor_words(entry[0], entry[5], [TOPICS[entry[1]]], entry[6], "") for n, entry in enumerate(MENTORS)}
    )
    gains = []
    for text, wanted in QUERIES:
        reading = lexicon.read(text, is_word=(encoder.dictionary or frozenset()).__contains__) if words else None
        scores = vectors @ encoder.encode([reading.text if reading else text])[0]
        if reading:
            for n, score in lexicon.scores(reading.words).items():
                scores[n] += WORDS_WEIGHT * score
        gains.append(gain([names[n] for n in np.argsort(-scores, kind="stable")], wanted))
    return float(np.mean(gains))


def timed(function: Callable[[int], Any]) -> tuple[float, float]:
    """Return the median and the 95th percentile in milliseconds; each call reads another text."""
    spent = []
    for number in range(ROUNDS):
        began = time.perf_counter()
        function(number)
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent), sorted(spent)[int(0.95 * ROUNDS)]


class _QuietConsumer(Consumer):
    def _set_signal_handlers(self) -> None:
        """A consumer in a thread can't have signal handlers."""


def through_the_worker(folder: Path, encoder: OnnxEncoder) -> tuple[float, float]:
    """Ask a worker over the embedded queue and wait for its answer, at the shortest poll that makes sense."""
    huey = SqliteHuey("bench", filename=str(folder / "queue.db"))

    @huey.task()  # type: ignore[untyped-decorator]
    def read(text: str) -> list[float]:
        return [float(value) for value in encoder.encode([text])[0]]

    consumer = _QuietConsumer(huey, workers=1, initial_delay=0.02, max_delay=0.1)
    thread = threading.Thread(target=consumer.run, daemon=True)
    thread.start()
    read("warm").get(blocking=True, timeout=30, max_delay=0.01)
    return timed(lambda n: read(f"query number {n} by the worker").get(blocking=True, timeout=30, max_delay=0.01))


def main() -> int:
    """Measure, print a table and the result line; return 1 where a bound is missed."""
    root = Path(__file__).resolve().parent.parent
    folder = exported_folder(root / "var" / "tests")
    began = time.perf_counter()
    onnx = OnnxEncoder(folder.parent, unpacked=folder)
    onnx.encode(["warm"])
    load_ms = (time.perf_counter() - began) * 1000
    reference = SentenceTransformersEncoder()
    rows = [
        ("reference, meaning alone", relevance(reference, words=False)),
        ("export (8 bit), meaning alone", relevance(onnx, words=False)),
        ("export (8 bit), with words and spelling", relevance(onnx, words=True)),
    ]
    in_web = timed(lambda n: onnx.encode([f"query number {n} in the web"]))
    in_torch = timed(lambda n: reference.encode([f"query number {n} by the reference"]))
    with tempfile.TemporaryDirectory() as temporary:
        asked = through_the_worker(Path(temporary), onnx)
    for name, value in rows:
        print(f"{name:<44} nDCG@10 {value:.3f}")
    for name, (middle, late) in (
        ("in the web (export)", in_web),
        ("reference (torch)", in_torch),
        ("asking the worker", asked),
    ):
        print(f"{name:<44} p50 {middle:7.1f} ms   p95 {late:7.1f} ms")
    good = rows[2][1] >= FLOOR and in_web[0] <= SHARE * asked[0]
    print(
        f"RESULT eval-recommend ndcg={rows[2][1]:.3f} ndcg_reference={rows[0][1]:.3f} load_ms={load_ms:.0f} "
        f"web_p50_ms={in_web[0]:.1f} torch_p50_ms={in_torch[0]:.1f} worker_p50_ms={asked[0]:.1f} ok={int(good)}"
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
