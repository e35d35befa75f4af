// The dots under the board stand still on it, however it is moved.
import assert from "node:assert/strict";
import test from "node:test";
import { paintedFor, pushed } from "../../../static/js/live/board_dots.js";

test("the dots keep their place on the board and cover it wherever it is moved to", () => {
  for (const zoom of [0.25, 0.7, 1, 4]) {
    for (const at of [-9000.3, -1, 0, 0.4, 23.9, 24, 12_345.6]) {
      const push = pushed(at, zoom);
      assert.ok(push >= 0 && push <= 24 * zoom && push <= 96, `${push} for ${at} at ${zoom}`);
      // The layer's left end lies 96 px outside: a dot at a multiple of the mesh there is one at a multiple of 24 on the board.
      const onBoard = (push - 96) / zoom + at;
      const off = Math.abs(onBoard / 24 - Math.round(onBoard / 24));
      assert.ok(off < 1e-6, `${off} for ${at} at ${zoom}`);
    }
  }
});

test("while one zooms the dots are painted anew only now and then, and always cover the board", () => {
  let painted = 1;
  let paintings = 0;
  const zooms = [...Array.from({ length: 90 }, (_, n) => 1.02 ** n), ...Array.from({ length: 180 }, (_, n) => 1.02 ** (90 - n))];
  for (const zoom of zooms) {
    const next = paintedFor(painted, zoom, false);
    if (next !== painted) paintings += 1;
    painted = next;
    assert.ok(painted <= zoom && zoom / painted < 1.51, `${painted} at ${zoom}`);
  }
  assert.ok(paintings < 15, String(paintings));
  assert.equal(paintedFor(painted, 0.7, true), 0.7);
});
