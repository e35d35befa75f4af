"""Text as a PDF: headings and lines on A4, in the typewriter face that every reader of PDFs brings. Pure.

PDF 1.4 (ISO 32000): a catalogue, its pages, a stream of text operators for each, and the table of where each object
begins. Signs that the face does not have are written as their nearest Latin ones, else as a question mark.
"""

import textwrap
import unicodedata
from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 595, 842, 56  # points
SIZE, LEADING = 9, 13
COLUMNS = (WIDTH - 2 * MARGIN) * 10 // (SIZE * 6)  # a sign of Courier is 0.6 of its size wide
LINES = (HEIGHT - 2 * MARGIN) // LEADING
_WORDS = {"₹": "Rs ", "–": "-", "—": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "→": "->"}

Section = tuple[str, Sequence[tuple[str, str]]]


def _plain(text: str) -> str:
    for sign, words in _WORDS.items():
        text = text.replace(sign, words)
    kept = unicodedata.normalize("NFC", text).encode("cp1252", "replace").decode("cp1252")
    return " ".join(kept.split())


def lines_of(title: str, sections: Sequence[Section]) -> list[tuple[bool, str]]:
    """The page as (bold, line), wrapped to its width: label and value side by side, a heading over each section."""
    found: list[tuple[bool, str]] = [(True, line) for line in textwrap.wrap(_plain(title), COLUMNS)]
    for heading, rows in sections:
        found += [(False, ""), (True, _plain(heading))]
        for label, value in rows:
            before = f"{_plain(label)}: " if label else ""
            wrapped = textwrap.wrap(before + _plain(value), COLUMNS, subsequent_indent="  ")
            found += [(False, line) for line in wrapped]
    return found


def _stream(lines: Sequence[tuple[bool, str]]) -> bytes:
    parts = [f"BT {LEADING} TL {MARGIN} {HEIGHT - MARGIN} Td"]
    for bold, line in lines:
        escaped = line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        parts.append(f"/{'B' if bold else 'R'} {SIZE} Tf ({escaped}) Tj T*")
    return "\n".join([*parts, "ET"]).encode("cp1252", "replace")


def pdf_of(title: str, sections: Sequence[Section]) -> bytes:
    """A PDF with these sections, of as many pages as they need."""
    lines = lines_of(title, sections)
    pages = [lines[at : at + LINES] for at in range(0, len(lines), LINES)] or [[]]
    first = 5  # objects 1 to 4: catalogue, pages, two faces; then a page and its text in turn
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    faces = "/Font << /R 3 0 R /B 4 0 R >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier-Bold /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        text = _stream(page)
        box = f"/MediaBox [0 0 {WIDTH} {HEIGHT}] /Resources << {faces} >> /Contents {first + 2 * number + 1} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text))
    made, begins = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        begins.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % at for at in begins)
    size = len(objects) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return made + end % (size, table, size, len(made))
