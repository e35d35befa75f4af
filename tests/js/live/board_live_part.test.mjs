// The canvas of unfinished things covers what is seen of them, and no more of the window than it must.
import assert from "node:assert/strict";
import test from "node:test";
import { partOf } from "../../../static/js/live/board_live_part.js";

const sight = { x: 100, y: 50, width: 900, height: 600, scale: 2 };
const stroke = (...points) => ({ op: { do: "stroke", width: 30, points } });

test("it covers ink with its width, also where the browser foretells it, within the window", () => {
  assert.equal(partOf([], sight, null), null);
  const [left, top, right, bottom] = partOf([{ ...stroke(3000, 2000, 50), ahead: [5000, 2600, 50] }], sight, null);
  assert.ok(left <= (300 - 100) * 2 - 8 && top <= (200 - 50) * 2 - 8 && right >= (500 - 100) * 2 + 8 && bottom >= (260 - 50) * 2 + 8);
  assert.ok((right - left) * (bottom - top) < (1800 * 1200) / 2);
  assert.deepEqual(partOf([stroke(-9000, -9000, 50, 90_000, 90_000, 50)], sight, null), [0, 0, 1800, 1200]);
});

test("what is drawn beside the window takes none of it, and what has grown stays until the sight changes", () => {
  assert.equal(partOf([stroke(20_000, 2000, 50)], sight, null), null);
  const before = partOf([stroke(1100, 600, 50)], sight, null);
  const [left, top, right, bottom] = partOf([stroke(9000, 6000, 50)], sight, before);
  assert.deepEqual([left, top], before.slice(0, 2));
  assert.ok(right > before[2] && bottom > before[3]);
});
