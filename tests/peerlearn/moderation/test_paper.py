"""A PDF of text that a reader opens: every object where the table says, lines within the page, signs that it can write."""

import re

from peerlearn.moderation.paper import COLUMNS, LINES, lines_of, pdf_of

ROWS = [("Paid", "₹499, “all” of it – by Rohan (मोहन)")]


def test_every_object_begins_where_the_table_says_and_pages_are_counted() -> None:
    made = pdf_of("Evidence", [(f"Part {number}", ROWS * 30) for number in range(4)])
    start = int(re.findall(rb"startxref\n(\d+)\n", made)[0])
    assert made[start : start + 4] == b"xref"
    places = [int(at) for at in re.findall(rb"(\d{10}) 00000 n", made)]
    for number, at in enumerate(places, 1):
        assert made[at:].startswith(b"%d 0 obj" % number)
    pages = -(-len(lines_of("Evidence", [(f"Part {number}", ROWS * 30) for number in range(4)])) // LINES)
    assert b"/Count %d " % pages in made
    assert made.count(b"/Type /Page ") == pages > 1


def test_lines_fit_and_signs_without_a_shape_become_plain_ones() -> None:
    lines = [line for _, line in lines_of("Evidence", [("Money", [("Label", "word " * 100), *ROWS])])]
    assert max(len(line) for line in lines) <= COLUMNS
    assert lines[-1] == 'Paid: Rs 499, "all" of it - by Rohan (????)'
    assert rb"Rohan \(????\)" in pdf_of("Evidence", [("Money", ROWS)])
