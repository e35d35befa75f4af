"""The texts that are read for meaning, and their hashes. Pure: the same facts give the same text."""

import hashlib
from collections.abc import Iterable, Sequence


def mentor_text(headline: str, topics: Iterable[str], bio: str) -> str:
    """Return what a mentor is found by: the headline first, because it says most."""
    return f"{headline.strip().rstrip('.')}. {', '.join(sorted(topics))}. {bio.strip()}".strip()


def mentor_words(name: str, headline: str, topics: Iterable[tuple[str, str]], bio: str, city: str) -> tuple[str, str]:
    """Return (strong text, weak text) for the search by words; `topics` are (name, field)."""
    taught = sorted(set(topics))
    strong = " ".join([name, headline, *(topic for topic, _ in taught)])
    weak = " ".join([*(dict.fromkeys(field for _, field in taught)), bio, city])
    return strong, weak


def session_text(title: str, description: str, topic: str) -> str:
    """Return what a public session is found by."""
    return f"{title.strip().rstrip('.')}. {topic}. {description.strip()}".strip()


def learner_text(interests: Sequence[str], goal: str) -> str:
    """Return what a learner is after, or "" where nothing is known. `interests` come strongest first."""
    wanted = f"I want to learn {', '.join(interests)}." if interests else ""
    return f"{wanted} {goal.strip()}".strip()


def text_hash(text: str) -> str:
    """Return the hash that tells whether a text has changed."""
    return hashlib.sha256(text.encode()).hexdigest()
