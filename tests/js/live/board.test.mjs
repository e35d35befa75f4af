// The board's meaning: the same log gives the same board, whatever happened in between.
import assert from "node:assert/strict";
import test from "node:test";
import { History } from "../../../static/js/live/board_history.js";
import { Board, BoardState, asLogged } from "../../../static/js/live/board_state.js";
import { Viewport, touches } from "../../../static/js/live/geometry.js";

const stroke = (id, page = 0) => ({ do: "stroke", id, page, color: 0, width: 30, points: [0, 0, 50] });
const line = (seq, author, op) => ({ seq, author, client_id: `${author}${seq}`, op });
const ids = (state, page = 0) => state.visible(page).map(({ id }) => id);

test("a removal that comes before its thing hides it all the same", () => {
  const state = new BoardState();
  state.apply(line(1, "a", { do: "remove", ids: ["x"] }));
  state.apply(line(2, "a", stroke("x")));
  assert.deepEqual(ids(state), []);
  state.apply(line(3, "a", { do: "restore", ids: ["x"] }));
  assert.deepEqual(ids(state), ["x"]);
});

test("an id is written once: nobody replaces another's thing", () => {
  const state = new BoardState();
  state.apply(line(1, "a", stroke("x")));
  state.apply(line(2, "b", { ...stroke("x"), color: 5 }));
  assert.equal(state.things.get("x").op.color, 0);
});

test("ink comes as a code, in old lines as a list, and is the same board", () => {
  const op = { ...stroke("x"), points: [10, 20, 50, 14, 25, 60] };
  const states = [op, asLogged(op)].map((one) => {
    const state = new BoardState();
    state.apply(line(1, "a", JSON.parse(JSON.stringify(one))));
    return state;
  });
  assert.equal(asLogged(op).points, "UoBkDIKU");
  assert.equal(states[0].fingerprint(), states[1].fingerprint());
  assert.deepEqual(states[1].things.get("x").op.points, op.points);
  const board = new Board();
  board.draw({ seq: 0, author: "a", client_id: "a1", op });
  board.confirm({ seq: 1, author: "a", client_id: "a1", op: asLogged(op) });
  assert.equal(board.view.fingerprint(), board.confirmed.fingerprint());
  states[0].apply(line(2, "a", { ...asLogged(stroke("bad")), points: "!" }));
  assert.deepEqual(ids(states[0]), ["x"]);
});

test("clearing a page leaves the others, and pages follow what is drawn", () => {
  const state = new BoardState();
  state.apply(line(1, "a", stroke("x", 0)));
  state.apply(line(2, "a", stroke("y", 3)));
  state.apply(line(3, "a", { do: "clear", page: 0 }));
  assert.deepEqual([ids(state, 0), ids(state, 3), state.pages], [[], ["y"], 4]);
});

test("own steps show at once and end in the order of the log on both screens", () => {
  const mine = new Board();
  const theirs = new Board();
  mine.draw({ seq: 0, author: "a", client_id: "a1", op: stroke("mine") });
  mine.draw({ seq: 0, author: "a", client_id: "a2", op: { do: "clear", page: 0 } });
  mine.draw({ seq: 0, author: "a", client_id: "a3", op: stroke("after") });
  assert.deepEqual(ids(mine.view), ["after"]);
  const log = [
    { seq: 1, author: "b", client_id: "b1", op: stroke("theirs") },
    { seq: 2, author: "a", client_id: "a1", op: stroke("mine") },
    { seq: 3, author: "a", client_id: "a2", op: { do: "clear", page: 0 } },
    { seq: 4, author: "b", client_id: "b2", op: stroke("late") },
    { seq: 5, author: "a", client_id: "a3", op: stroke("after") },
  ];
  for (const one of log) {
    mine.confirm(one);
    theirs.confirm(one);
  }
  assert.deepEqual(ids(mine.view), ["late", "after"]);
  assert.equal(mine.view.fingerprint(), theirs.view.fingerprint());
  assert.equal(mine.pending.length, 0);
});

test("random logs, delivered in pieces around own steps, end equal", () => {
  let seed = 7;
  const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
  for (let round = 0; round < 50; round += 1) {
    const [one, other] = [new Board(), new Board()];
    const log = [];
    for (let step = 0; step < 40; step += 1) {
      const author = random(2) ? "a" : "b";
      const known = [...one.view.things.keys()];
      const op = [stroke(`${author}${step}`, random(2)), { do: "remove", ids: [known[random(known.length || 1)] ?? "none"] }, { do: "restore", ids: [known[random(known.length || 1)] ?? "none"] }, { do: "clear", page: random(2) }][random(4)];
      const entry = { seq: step + 1, author, client_id: `c${step}`, op };
      log.push(entry);
      (author === "a" ? one : other).draw({ ...entry, seq: 0 });
    }
    for (const entry of log) {
      one.confirm(entry);
      other.confirm(entry);
    }
    assert.equal(one.view.fingerprint(), other.view.fingerprint());
    assert.equal(one.view.fingerprint(), one.confirmed.fingerprint());
  }
});

test("a refused step disappears", () => {
  const board = new Board();
  board.draw({ seq: 0, author: "a", client_id: "a1", op: stroke("x") });
  board.refuse("a1");
  assert.deepEqual(ids(board.view), []);
});

test("undo takes back own steps only, also a clear, and redo does them again", () => {
  const history = new History();
  history.remember(stroke("x"));
  history.remember({ do: "clear", page: 0 }, ["x", "y"]);
  history.remember({ do: "page_add" });
  assert.deepEqual(history.undo(), { do: "restore", ids: ["x", "y"] });
  assert.deepEqual(history.undo(), { do: "remove", ids: ["x"] });
  assert.equal(history.undo(), null);
  assert.deepEqual(history.redo(), { do: "restore", ids: ["x"] });
  history.remember(stroke("z"));
  assert.equal(history.redo(), null);
});

test("zooming keeps the point under the finger", () => {
  const port = new Viewport();
  port.pan(-100, 40);
  const before = port.toBoard(120, 80);
  port.zoomAt(2, 120, 80);
  assert.deepEqual(port.toBoard(120, 80), before);
  port.zoomAt(100, 0, 0);
  assert.equal(port.zoom, 4);
});

test("the eraser meets what it touches and nothing else", () => {
  const shape = (kind) => ({ do: "shape", kind, width: 20, box: [0, 0, 1000, 600] });
  assert.ok(touches(shape("line"), 500, 300, 50));
  assert.ok(!touches(shape("line"), 500, 100, 50));
  assert.ok(touches(shape("rectangle"), 500, 0, 50));
  assert.ok(!touches(shape("rectangle"), 500, 300, 50));
  assert.ok(touches(shape("ellipse"), 1000, 300, 50));
  assert.ok(!touches(shape("ellipse"), 500, 300, 50));
  assert.ok(touches({ do: "stroke", width: 30, points: [0, 0, 50, 400, 0, 50] }, 200, 20, 10));
  assert.ok(touches({ do: "text", at: [0, 0], size: 200, text: "a\nb" }, 50, 400, 0, 100));
});
