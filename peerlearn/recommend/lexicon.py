"""Search by words: which mentors say them, and which word a misspelt one was meant to be. Pure.

Meaning finds what other words say; words find names, exam codes and exact terms. Typos are mended before either.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

_WORD = re.compile(r"[^\W_]+(?:[+#]+|(?='s)'s)?", re.UNICODE)
_STOP_TEXT = (
    "a an and are as at be but by can do does for from get getting give has have help how i i'm if in into is it its "
    "keep learn learning like make me mentor my need of on or our please some stuck teach teacher than that the their "
    "them then there this to tutor understand us use want was we what when where which who why will with would you "
    "your about not no so up out more very just any all"
)
_STOP = frozenset(_STOP_TEXT.split())
STRONG_WEIGHT = 3
SHORTEST_MENDED = 4
# A known English word is a typo of nothing; without a dictionary at hand only near misses are mended.
CLOSE_ENOUGH, VERY_CLOSE = 80.0, 86.0
# BM25 (Robertson and Zaragoza 2009) with its usual constants.
K1, B = 1.2, 0.6


def fold(text: str) -> str:
    """Return text in lower case without accents, so that "español" and "espanol" are one word."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words_of(text: str) -> list[str]:
    """Return the words of a text, folded, in order. "C++" and "C#" stay what they are."""
    return [word.removesuffix("'s") for word in _WORD.findall(fold(text))]


def stem(word: str) -> str:
    """Return a word without its plural ending: enough for short texts, and never surprising."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "ches", "shes", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@dataclass(frozen=True)
class Reading:
    """How a search was read: the words that count, and whether spelling was mended."""

    text: str
    words: tuple[str, ...]
    mended: bool


class Lexicon:
    """An inverted index over (strong text, weak text) of each mentor. Built once, then only read."""

    def __init__(self, texts: Mapping[int, tuple[str, str]]) -> None:
        self._postings: dict[str, list[tuple[int, float]]] = {}
        self._spellings: Counter[str] = Counter()
        self._lengths: dict[int, float] = {}
        for mentor_id, (strong, weak) in texts.items():
            counts: Counter[str] = Counter()
            for text, weight in ((strong, STRONG_WEIGHT), (weak, 1)):
                for word in words_of(text):
                    counts[stem(word)] += weight
                    if len(word) >= SHORTEST_MENDED:
                        self._spellings[word] += weight
            self._lengths[mentor_id] = float(sum(counts.values()))
            for term, count in counts.items():
                self._postings.setdefault(term, []).append((mentor_id, float(count)))
        self._average = (sum(self._lengths.values()) / len(self._lengths)) if self._lengths else 1.0
        self._vocabulary = list(self._spellings)

    def __len__(self) -> int:
        return len(self._lengths)

    def read(self, text: str, *, is_word: Callable[[str], bool] | None = None, exact: bool = False) -> Reading:
        """Mend what is misspelt and keep the words that count.

        `is_word` tells whether a word is known elsewhere (a dictionary): such a word is left alone even where no mentor
        uses it. With `exact` nothing is mended.
        """
        mended = False
        read: list[str] = []
        for word in words_of(text):
            right = word if exact else self._mend(word, is_word)
            mended = mended or right != word
            read.append(right)
        counting = [word for word in read if word not in _STOP]
        return Reading(
            text=" ".join(read) if mended else text.strip(),
            words=tuple(dict.fromkeys(counting or read)),
            mended=mended,
        )

    def _mend(self, word: str, is_word: Callable[[str], bool] | None) -> str:
        if (
            len(word) < SHORTEST_MENDED
            or word in _STOP
            or stem(word) in self._postings
            or not word.isalpha()
            or (is_word is not None and is_word(word))
        ):
            return word
        least = VERY_CLOSE if is_word is None else CLOSE_ENOUGH
        candidates = process.extract(word, self._vocabulary, scorer=fuzz.ratio, score_cutoff=least, limit=5)
        best = max(
            (
                # The first letter is rarely wrong; then the commoner word wins.
                (score + (6 if found[0] == word[0] else 0) + math.log1p(self._spellings[found]), found)
                for found, score, _ in candidates
            ),
            default=None,
        )
        return best[1] if best else word

    def users_of(self, word: str) -> int:
        """Return how many mentors use a word in any of its forms."""
        return len(self._postings.get(stem(word), ()))

    def scores(self, words: Sequence[str]) -> dict[int, float]:
        """Return how well each mentor's own words fit, 0..1: the BM25 score over the most that a query could reach.

        A word that nobody uses counts into that most, so that one hit of five is no match.
        """
        total: dict[int, float] = {}
        reachable = 0.0
        count_all = len(self._lengths)
        for term in {stem(word) for word in words}:
            postings = self._postings.get(term, [])
            rarity = math.log(1 + (count_all - len(postings) + 0.5) / (len(postings) + 0.5))
            reachable += rarity * (K1 + 1)
            for mentor_id, count in postings:
                weight = count * (K1 + 1) / (count + K1 * (1 - B + B * self._lengths[mentor_id] / self._average))
                total[mentor_id] = total.get(mentor_id, 0.0) + rarity * weight
        return {mentor_id: score / reachable for mentor_id, score in total.items()} if reachable else {}
