// A page as SVG: everything seen is in it once, and words stay words.
import assert from "node:assert/strict";
import test from "node:test";
import { BoardState } from "../../../static/js/live/board_state.js";
import { escaped, pageSvg } from "../../../static/js/live/board_svg.js";

const part = { x: 0, y: 0, width: 640, height: 400 };

test("each visible thing is one element, hidden ones and other pages are none", () => {
  const state = new BoardState();
  const common = { page: 0, color: 1, width: 30 };
  const ops = [
    { do: "stroke", id: "a", ...common, points: [0, 0, 50, 400, 300, 60] },
    { do: "stroke", id: "b", ...common, pen: "highlighter", points: [0, 0, 50, 400, 300, 60] },
    { do: "shape", id: "c", ...common, kind: "ellipse", box: [0, 0, 500, 300] },
    { do: "shape", id: "d", ...common, kind: "arrow", box: [0, 0, 500, 300] },
    { do: "text", id: "e", page: 0, color: 0, size: 220, at: [10, 10], text: "a\nb" },
    { do: "stroke", id: "gone", ...common, points: [0, 0, 50, 9, 9, 50] },
    { do: "stroke", id: "away", ...common, page: 1, points: [0, 0, 50, 9, 9, 50] },
    { do: "remove", ids: ["gone"] },
    { do: "move", ids: ["c"], dx: 100, dy: -20 },
  ];
  ops.forEach((op, n) => state.apply({ seq: n + 1, author: "a", client_id: `c${n}`, op }));
  const svg = pageSvg(state, 0, part);
  assert.equal(svg.match(/<path /g).length, 4);
  assert.equal(svg.match(/<tspan /g).length, 2);
  assert.equal(svg.match(/mix-blend-mode:multiply/g).length, 1);
  assert.match(svg, /<g transform="translate\(10 -2\)"><path/);
  assert.doesNotMatch(svg, /NaN|undefined/);
});

test("words of the board are never markup", () => {
  const state = new BoardState();
  const text = `</text><script>alert(1)</script><img onerror="x" src='y'>&amp;\u0000\ud800`;
  state.apply({ seq: 1, author: "a", client_id: "c", op: { do: "text", id: "t", page: 0, color: 0, size: 200, at: [0, 0], text } });
  state.apply({ seq: 2, author: "a", client_id: "d", op: { do: "image", id: "i", page: 0, box: [0, 0, 9, 9], data: `"/><script>` } });
  const svg = pageSvg(state, 0, part);
  assert.doesNotMatch(svg, /<script|<img|onerror="/);
  assert.equal(escaped(text).includes("\u0000"), false);
});

for (const style of ["grid", "graph", "number_line"]) {
  test(`${style} paper is in the file`, () => {
    const state = new BoardState();
    state.apply({ seq: 1, author: "a", client_id: "c", op: { do: "page_style", page: 0, style } });
    assert.ok(pageSvg(state, 0, part).match(/<line /g).length > 5);
    assert.doesNotMatch(pageSvg(new BoardState(), 0, part), /<line /);
  });
}
