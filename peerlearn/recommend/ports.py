"""What finding needs from outside: something that reads meaning, and something that knows neighbours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

DIMENSION = 384


class Encoder(Protocol):
    """Turns text into unit vectors that are close where the meaning is close."""

    @property
    def model(self) -> str:
        """The name of the weights; vectors of different models are never compared."""
        ...

    @property
    def dictionary(self) -> frozenset[str] | None:
        """The whole words the model knows, or None where no model is loaded. A known word is no typo."""
        ...

    def refresh(self) -> None:
        """Take the newest published model, if there is a newer one. Cheap to call; needs the database."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit rows, shape (len(texts), 384), float32. Raises Upstream where no model is at hand yet."""
        ...

    def export(self) -> tuple[bytes, dict[str, Any]]:
        """Return a small export of the model (bytes to be published, meta). Half a minute and torch: worker only."""
        ...


@dataclass(frozen=True)
class Neighbour:
    """One mentor found near a vector; `closeness` is the cosine, -1..1."""

    mentor_id: int
    closeness: float


class VectorIndex(Protocol):
    """The mentors' vectors, as they were when the index was built. Empty until one was built."""

    @property
    def version(self) -> int:
        """The artifact version in use; 0 where there is none."""
        ...

    @property
    def built_at(self) -> float:
        """When the vectors were read, as a POSIX time; 0.0 where there is no index."""
        ...

    def refresh(self) -> None:
        """Take the newest published index, if there is a newer one. Cheap to call; never raises for a bad one."""
        ...

    def nearest(self, vector: Vectors, count: int) -> list[Neighbour]:
        """Return up to `count` mentors near a unit vector of shape (384,), nearest first. Empty without an index."""
        ...

    def vectors_of(self, mentor_ids: Sequence[int]) -> tuple[list[int], Vectors]:
        """Return the ids among these that the index knows, and their rows, shape (n, 384)."""
        ...

    def words(self) -> dict[int, tuple[str, str]]:
        """Return what each indexed mentor is found by: (strong text, weak text). Empty without an index."""
        ...

    def build(
        self,
        mentor_ids: Sequence[int],
        vectors: Vectors,
        words: Mapping[int, tuple[str, str]],
        *,
        model: str,
        built_at: float,
    ) -> bytes:
        """Return a new index over unit rows, shape (n, 384), as bytes to be published. Takes seconds: worker only."""
        ...
