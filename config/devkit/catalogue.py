"""The catalogues of words: `python -m config.devkit.catalogue update` collects them, `... compile` makes what pages read.

Runs in the virtual environment (it needs Babel); `words.py` is the step that starts it when something has changed.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

from config.devkit.console import ROOT, Missing, main, say
from peerlearn import errors

FOLDER = ROOT / "config" / "translations"
# Filled in by Python (%(name)s) or by a page's script ({name}). A lone "80% back" is a sentence, not a place.
PLACE = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}|</?\w[^>]*>")
SENTENCE = re.compile(r"[A-Z][^{}]* [^{}]*\.")
# The domain speaks no language but English: the sentence an error is raised with is looked up where it is answered.
ERRORS = {
    name: None
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.PeerLearnError)
}
# Written by hand: Babel's own header names a tool, a person and a date, and would differ at each run.
HEADER = """\
# Hindi beside English. English is the source: an entry without words is shown in English.
# `make words` collects new sentences here; the words themselves are written by people.
msgid ""
msgstr ""
"Project-Id-Version: PeerLearn\\n"
"Language: {locale}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""


def catalogues() -> dict[str, Path]:
    """Every locale that has a catalogue, and its file."""
    return {file.parent.parent.name: file for file in sorted(FOLDER.glob("*/LC_MESSAGES/messages.po"))}


def read(locale: str, file: Path) -> Catalog:
    """One catalogue as it is written down."""
    with file.open("rb") as text:
        return read_po(text, locale=locale, domain="messages")


def _found() -> Iterator[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    with (FOLDER / "babel.cfg").open(encoding="utf-8") as lines:
        methods, options = parse_mapping_cfg(lines)  # type: ignore[no-untyped-call]
    # Only the rooms that hold words, so that nobody walks through packages and builds.
    for room, keywords in (("blueprints", DEFAULT_KEYWORDS), ("templates", DEFAULT_KEYWORDS), ("peerlearn", ERRORS)):
        inside = [(pattern.removeprefix(f"{room}/"), how) for pattern, how in methods if pattern.startswith(f"{room}/")]
        keep = {pattern.removeprefix(f"{room}/"): values for pattern, values in options.items()}
        for name, line, message, comments, context in extract_from_dir(str(ROOT / room), inside, keep, keywords):
            yield f"{room}/{name}", line, message, comments, context


def _tables() -> Iterator[tuple[str, int, str]]:
    """Sentences that the domain keeps in names of a module: the refusals of its lifecycles, what is wrong with a password."""
    for file in sorted((ROOT / "peerlearn").glob("*/*.py")):
        if file.parent.name == "adapters":
            continue
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
                for part in ast.walk(node.value):
                    if (
                        isinstance(part, ast.Constant)
                        and isinstance(part.value, str)
                        and SENTENCE.fullmatch(part.value)
                    ):
                        yield file.relative_to(ROOT).as_posix(), part.lineno, part.value


def collect() -> Catalog:
    """Every sentence that the pages say now, with the places where it stands."""
    collected = Catalog()
    for name, line, message, _comments, context in _found():
        collected.add(message, None, [(name, line)], context=context)
    for name, line, sentence in _tables():
        collected.add(sentence, None, [(name, line)])
    return collected


def write(locale: str, file: Path, catalogue: Catalog) -> None:
    """Write a catalogue so that the same words always give the same bytes."""
    with file.open("wb") as target:
        target.write(HEADER.format(locale=locale, plural=get_plural(locale).plural_forms).encode())
        write_po(
            target, catalogue, width=120, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True
        )


def update() -> None:
    """Add what is new, drop what is gone. A changed sentence starts without words: guessing would say something else."""
    collected = collect()
    for locale, file in catalogues().items():
        catalogue = read(locale, file)
        catalogue.update(collected, no_fuzzy_matching=True)
        write(locale, file, catalogue)
        said = [message for message in catalogue if message.id]
        open_ = sum(1 for message in said if not has_words(message))
        say(f"  {locale}: {len(said)} sentences, {open_} without words yet")


def has_words(message: Message) -> bool:
    """Whether a sentence is translated, in all of its forms."""
    return all(_forms(message.string))


def _forms(text: str | Sequence[str] | None) -> list[str]:
    return [text or ""] if text is None or isinstance(text, str) else list(text)


def lost_places(message: Message) -> list[str]:
    """The translations of a sentence in which a place to fill in is missing, changed or too many."""
    wanted = [Counter(PLACE.findall(text)) for text in _forms(message.id)]
    # Words for one may leave the number out ("one more"), as the English may.
    return [text for text in _forms(message.string) if text and Counter(PLACE.findall(text)) not in wanted]


def compile_all() -> None:
    """Make messages.mo beside each messages.po. Raises `Missing` for a sentence that lost a place to fill in."""
    for locale, file in catalogues().items():
        catalogue = read(locale, file)
        problems = [text for message in catalogue if message.id for text in lost_places(message)]
        if problems:
            raise Missing(
                f"{file.relative_to(ROOT)}: write the places to fill in as the English has them: {problems[0]}"
            )
        fresh = file.with_suffix(".mo.new")
        with fresh.open("wb") as target:
            write_mo(target, catalogue)
        fresh.replace(file.with_suffix(".mo"))


def body() -> None:
    """Do what the word on the command line says."""
    if sys.argv[1:] == ["update"]:
        update()
    elif sys.argv[1:] == ["compile"]:
        compile_all()
    else:
        raise Missing("say update or compile.")


if __name__ == "__main__":
    main(body)
