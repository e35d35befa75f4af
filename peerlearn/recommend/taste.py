"""What a learner is after, as one direction in meaning: what they told us, bent by what they did. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np

from peerlearn.recommend.ports import Vectors

HALF_LIFE_DAYS = 30.0
TOLD_WEIGHT = 1.0
VIEWED_WEIGHT = 0.2
BOOKED_WEIGHT = 0.8
HIDDEN_WEIGHT = 0.6


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing a learner did about a mentor. `evidence_id` is the row that proves it: a lesson, or a signal."""

    kind: Literal["booked", "viewed", "hidden"]
    mentor_id: int
    evidence_id: int
    at: datetime
    stars: int | None = None


def weight_of(deed: Deed, at: datetime) -> float:
    """Return how much a deed counts now: bookings most, more with a good rating, less with age, hiding against it."""
    if deed.kind == "hidden":
        return -HIDDEN_WEIGHT
    base = VIEWED_WEIGHT
    if deed.kind == "booked":
        base = BOOKED_WEIGHT
        if deed.stars is not None:
            base *= {1: -0.5, 2: -0.25, 3: 0.6, 4: 1.1, 5: 1.3}[deed.stars]
    days = max(0.0, (at - deed.at).total_seconds() / 86_400)
    return base * math.pow(0.5, days / HALF_LIFE_DAYS)


def taste_of(
    told: Vectors | None, deeds: Sequence[Deed], vectors: Mapping[int, Vectors], at: datetime
) -> Vectors | None:
    """Return a unit vector, shape (384,), or None where nothing is known.

    `told` is the embedding of interests and goal; `vectors` are those of the mentors in the deeds. Many small deeds
    together count at most as much as twice what the learner told us.
    """
    pull = np.zeros(384, np.float32)
    strength = 0.0
    for deed in deeds:
        vector = vectors.get(deed.mentor_id)
        if vector is not None:
            weight = weight_of(deed, at)
            pull += weight * vector
            strength += abs(weight)
    if told is not None and strength > 2 * TOLD_WEIGHT:
        pull *= 2 * TOLD_WEIGHT / strength
    total = pull if told is None else TOLD_WEIGHT * told + pull
    length = float(np.linalg.norm(total))
    return (total / length).astype(np.float32) if length > 1e-6 else None
