"""Time together, from stays. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

Stay = tuple[datetime, datetime]


def union(stays: Iterable[Stay]) -> list[Stay]:
    """Merge overlapping or touching stays into disjoint ones, in order. A stay that ends before it begins counts as nothing."""
    merged: list[Stay] = []
    for start, end in sorted(stay for stay in stays if stay[0] < stay[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def overlap(one: Iterable[Stay], other: Iterable[Stay]) -> list[Stay]:
    """The times that lie in both."""
    return union((max(a[0], b[0]), min(a[1], b[1])) for a in union(one) for b in union(other))


def length(stays: Iterable[Stay]) -> timedelta:
    """How long the stays are together, counting no moment twice."""
    return sum((end - start for start, end in union(stays)), timedelta())
