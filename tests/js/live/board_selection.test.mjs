// Selecting, moving and copying things: steps from boxes.
import assert from "node:assert/strict";
import test from "node:test";
import { Selection, boxOf, shifted } from "../../../static/js/live/board_selection.js";
import { BoardState } from "../../../static/js/live/board_state.js";

const LOG = [
  { do: "stroke", id: "s", page: 0, color: 0, width: 20, points: [0, 0, 50, 100, 50, 50] },
  { do: "shape", id: "r", page: 0, color: 0, width: 20, kind: "rectangle", box: [500, 400, 300, 200] },
  { do: "text", id: "t", page: 0, color: 0, size: 200, at: [1000, 1000], text: "a\nb" },
  { do: "image", id: "i", page: 1, box: [0, 0, 10, 10], data: "" },
];

function selection() {
  const state = new BoardState();
  LOG.forEach((op, index) => state.apply({ seq: index + 1, author: "a", client_id: `${index}`, op }));
  let changes = 0;
  const made = new Selection({ state: () => state, textWidth: () => 300, onChange: () => (changes += 1) });
  return { state, made, changes: () => changes };
}

test("boxes hold ink with its width, text with its lines, shapes pulled in any direction", () => {
  assert.deepEqual(boxOf(LOG[0]), [-10, -10, 110, 60]);
  assert.deepEqual(boxOf(LOG[1]), [290, 190, 510, 410]);
  assert.deepEqual(boxOf(LOG[2], 300), [1000, 1000, 1300, 1500]);
});

test("a pulled box takes what lies wholly in it, on its page, where it lies now", () => {
  const { state, made } = selection();
  assert.deepEqual(made.within(0, [-20, -20, 600, 500]), ["s", "r"]);
  assert.deepEqual(made.within(0, [0, 0, 600, 500]), ["r"]);
  state.apply({ seq: 9, author: "b", client_id: "m", op: { do: "move", ids: ["r"], dx: 5000, dy: 0 } });
  assert.deepEqual(made.within(0, [-20, -20, 600, 500]), ["s"]);
  made.set(["s", "r"]);
  assert.deepEqual(made.box(), [-10, -10, 5510, 410]);
});

test("a move stops at the board's edge and is none when it goes nowhere", () => {
  const { made } = selection();
  made.set(["s", "r"]);
  assert.deepEqual(made.move(10, -5), { do: "move", ids: ["s", "r"], dx: 10, dy: -5 });
  assert.equal(made.move(1e9, 0).dx, 400000 - 510);
  assert.equal(made.move(0, 0), null);
  made.clear();
  assert.equal(made.move(5, 5), null);
  assert.equal(made.remove(), null);
});

test("copies lie aside, with ids of their own, in drawing order, from where the things are now", () => {
  const { state, made } = selection();
  state.apply({ seq: 9, author: "b", client_id: "m", op: { do: "move", ids: ["s"], dx: 1000, dy: 0 } });
  made.set(["r", "s"]);
  let next = 0;
  const copies = made.copies(() => `n${(next += 1)}`, 200);
  assert.deepEqual(copies.map(({ id }) => id), ["n1", "n2"]);
  assert.deepEqual(copies[0].points, [1200, 200, 50, 1300, 250, 50]);
  assert.deepEqual(copies[1].box, [700, 600, 500, 400]);
  assert.deepEqual(shifted(LOG[2], 1, 2).at, [1001, 1002]);
});

test("what the other one erases is let go", () => {
  const { state, made, changes } = selection();
  made.set(["s", "r"]);
  const before = changes();
  made.keep(0);
  assert.equal(changes(), before);
  state.apply({ seq: 9, author: "b", client_id: "x", op: { do: "remove", ids: ["s"] } });
  made.keep(0);
  assert.deepEqual([...made.ids], ["r"]);
  made.keep(1);
  assert.deepEqual([...made.ids], []);
  made.toggle("t");
  made.toggle("r");
  made.toggle("t");
  assert.deepEqual([...made.ids], ["r"]);
});
