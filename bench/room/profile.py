"""`--profile`: where our server's CPU time goes, by py-spy where it is installed. Watching costs time, so nothing is judged."""

import shutil
import subprocess
from collections import Counter
from pathlib import Path

from bench.room import contestants
from bench.room.contestants import Cast
from bench.room.script import Phase, Run
from bench.room.sizes import Sizes

SAMPLES_A_SECOND = 400
LINES = 25


def profile(cast: Cast, load: Path, folder: Path, size: Sizes) -> None:
    """Print the functions in which samples ended, for ink and for an ordinary event, both at saturation."""
    spy = shutil.which("py-spy")
    if spy is None:
        print("  --profile needs py-spy (pip install py-spy).")
        return
    with contestants.peerlearn(cast, folder / "profile", size.rooms, **contestants.RATES_LIFTED) as (ours, _product):
        for template in ("ink", "ordinary"):
            seconds = size.warm + size.saturation * 2
            phases = [Phase(template, template, "loop", size.rooms, 1, size.in_flight, seconds)]
            samples = folder / f"{template}.samples"
            words = [spy, "record", "--pid", str(ours.target.pid), "--rate", str(SAMPLES_A_SECOND), "--format", "raw"]
            words += ["--duration", str(round(seconds)), "--output", str(samples)]
            watching = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            Run(ours.target, ours.seats, ours.templates, phases).start(load, folder)
            watching.wait()
            print_leaves(template, samples.read_text(encoding="utf-8").splitlines())


def print_leaves(title: str, stacks: list[str]) -> None:
    """Each line is a stack, its frames parted by semicolons, and how often it was seen."""
    leaves: Counter[str] = Counter()
    for line in stacks:
        stack, _, count = line.rpartition(" ")
        leaves[stack.rsplit(";", 1)[-1]] += int(count)
    total = sum(leaves.values())
    print(f"  {title}: {total} samples")
    for leaf, count in leaves.most_common(LINES):
        print(f"    {count / total:>6.1%}  {leaf}")
