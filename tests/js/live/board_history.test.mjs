// Undo and redo where the other one works on the same things: a table of what both see afterwards.
import assert from "node:assert/strict";
import test from "node:test";
import { History } from "../../../static/js/live/board_history.js";
import { BoardState } from "../../../static/js/live/board_state.js";

const stroke = (id) => ({ do: "stroke", id, page: 0, color: 0, width: 30, points: [0, 0, 50] });
const text = (id, words) => ({ do: "text", id, page: 0, color: 0, size: 220, at: [0, 0], text: words });
const erase = (...ids) => ({ do: "remove", ids });
const move = (dx, ...ids) => ({ do: "move", ids, dx, dy: 0 });
const edit = (id, words) => ({ do: "edit", id, text: words });
const clear = (mark) => ({ do: "clear", page: 0, mark });

/** Play steps of a and b, each with their own history. @returns {string[]} what is seen: id, words, shift */
function play(steps) {
  const state = new BoardState();
  const histories = { a: new History(), b: new History() };
  steps.forEach(([author, op, group], index) => {
    const step = typeof op === "string" ? histories[author][op](state) : op;
    if (typeof op !== "string") histories[author].remember(op, op.ids, state, group);
    if (step) state.apply({ seq: index + 1, author, client_id: `${index}`, op: step });
  });
  return state.visible(0).map(({ id, op }) => [id, op.text, state.shift(id)[0] || ""].filter(Boolean).join(" "));
}

const TABLE = [
  ["the last words in the log count, whoever wrote them", [["a", text("x", "one")], ["a", edit("x", "two")], ["b", edit("x", "three")]], ["x three"]],
  ["undo of words leaves what the other wrote since, and undoes the step before", [["a", stroke("s")], ["a", text("x", "one")], ["a", edit("x", "two")], ["b", edit("x", "three")], ["a", "undo"]], ["s"]],
  ["undo of words brings the words before back", [["b", text("x", "one")], ["a", edit("x", "two")], ["a", "undo"]], ["x one"]],
  ["redo of words after the other changed them does nothing", [["b", text("x", "one")], ["a", edit("x", "two")], ["a", "undo"], ["b", edit("x", "three")], ["a", "redo"]], ["x three"]],
  ["undo of words of an erased text goes on to the step before", [["a", stroke("s")], ["b", text("x", "one")], ["a", edit("x", "two")], ["b", erase("x")], ["a", "undo"]], []],
  ["undo of a move that the other moved on takes only the own way back", [["a", stroke("x")], ["a", move(10, "x")], ["b", move(5, "x")], ["a", "undo"]], ["x 5"]],
  ["undo of a move of what is erased goes on to the step before", [["a", stroke("s")], ["b", stroke("x")], ["a", move(10, "x")], ["b", erase("x")], ["a", "undo"]], []],
  ["undo of drawing what the other moved removes it", [["a", stroke("x")], ["b", move(5, "x")], ["a", "undo"]], []],
  ["what I took back stays gone when the other undoes their erasing of it", [["a", stroke("x")], ["b", erase("x")], ["a", "undo"], ["b", "undo"]], []],
  ["what both erased stays gone when one undoes", [["a", stroke("x")], ["b", erase("x")], ["a", erase("x")], ["a", "undo"]], []],
  ["what both erased is back when both undo", [["a", stroke("x")], ["b", erase("x")], ["a", erase("x")], ["a", "undo"], ["b", "undo"]], ["x"]],
  ["undo of a clear does not bring back what the other erased meanwhile", [["b", stroke("x")], ["b", stroke("y")], ["a", clear("m")], ["b", erase("x")], ["a", "undo"]], ["y"]],
  ["undo of a clear leaves what was drawn since", [["a", stroke("x")], ["a", clear("m")], ["b", stroke("y")], ["a", "undo"]], ["x", "y"]],
  ["clear, undo, redo clears again, with what is there by then", [["a", stroke("x")], ["a", clear("m")], ["a", "undo"], ["b", stroke("y")], ["a", "redo"]], []],
  ["one sweep of the eraser is one undo", [["b", stroke("x")], ["b", stroke("y")], ["a", erase("x"), "g"], ["a", erase("y"), "g"], ["a", "undo"]], ["x", "y"]],
  ["two sweeps are two undos", [["b", stroke("x")], ["b", stroke("y")], ["a", erase("x"), "g"], ["a", erase("y"), "h"], ["a", "undo"]], ["y"]],
  ["copies made at once are undone and redone at once", [["a", stroke("x"), "g"], ["a", stroke("y"), "g"], ["a", "undo"], ["a", "redo"]], ["x", "y"]],
  ["moves of one gesture stay apart, as they add up", [["b", stroke("x")], ["a", move(1, "x"), "g"], ["a", move(2, "x"), "g"], ["a", "undo"]], ["x 1"]],
  ["undo never touches a step of the other", [["b", stroke("x")], ["a", "undo"], ["a", "redo"]], ["x"]],
];
for (const [what, steps, seen] of TABLE) test(what, () => assert.deepEqual(play(steps), seen));

test("undo goes on after a reload", () => {
  let kept = null;
  const store = { load: () => kept, save: (text) => (kept = text) };
  const before = new History({ store });
  before.remember(stroke("x"));
  before.remember(stroke("y"));
  before.undo();
  const after = new History({ store });
  assert.deepEqual(after.redo(), { do: "restore", ids: ["y"] });
  after.undo();
  assert.deepEqual(after.undo(), { do: "remove", ids: ["x"] });
  kept = "{broken";
  assert.equal(new History({ store }).undo(), null);
});

test("a step that the server refused is not undone", () => {
  const history = new History();
  history.remember(stroke("x"));
  history.remember(move(5, "x"));
  history.remember(stroke("y"));
  history.forget(stroke("y"));
  history.forget(move(5, "x"));
  assert.deepEqual(history.undo(), { do: "remove", ids: ["x"] });
  assert.equal(history.undo(), null);
});
