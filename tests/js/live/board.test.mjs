// The board's meaning: the same log gives the same board, whatever happened in between.
import assert from "node:assert/strict";
import test from "node:test";
import { History } from "../../../static/js/live/board_history.js";
import { Board } from "../../../static/js/live/board.js";
import { ChatDigest, boardHash } from "../../../static/js/live/board_digest.js";
import { BoardState, asLogged } from "../../../static/js/live/board_state.js";
import { Viewport, touches } from "../../../static/js/live/geometry.js";

const stroke = (id, page = 0) => ({ do: "stroke", id, page, color: 0, width: 30, points: [0, 0, 50] });
const line = (seq, author, op) => ({ seq, author, client_id: `${author}${seq}`, op });
const after = (log) => {
  const state = new BoardState();
  for (const one of log) state.apply(one);
  return state;
};
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
  assert.equal(board.view.fingerprint(), states[0].fingerprint());
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
  for (let round = 0; round < 60; round += 1) {
    const boards = { a: new Board(), b: new Board() };
    const log = [];
    const waiting = { a: [], b: [] };
    const read = { a: 0, b: 0 };
    const deliver = (who) => {
      const next = log[read[who]];
      if (!next) return;
      read[who] += 1;
      boards[who].confirm(next);
    };
    for (let step = 0; step < 60; step += 1) {
      const author = random(2) ? "a" : "b";
      const board = boards[author];
      if (random(3) > 0) {
        const known = [...board.view.things.keys(), "none"];
        const one = [known[random(known.length)]];
        const op = [
          stroke(`${author}${step}`, random(3)), { do: "remove", ids: one }, { do: "restore", ids: one },
          { do: "clear", page: random(2), mark: `m${random(4)}` }, { do: "restore", mark: `m${random(4)}` }, { do: "clear", page: random(2) },
          { do: "move", ids: one, dx: random(50) - 25, dy: random(50) }, { do: "page_style", page: random(2), style: "grid" },
          { do: "page_add" }, { do: "lock", on: random(2) === 0 },
        ][random(10)];
        const entry = { seq: 0, author, client_id: `${author}${step}`, op };
        board.draw(entry);
        waiting[author].push(entry);
      } else if (waiting[author].length > 0 && random(2)) {
        const sent = waiting[author].shift();
        if (random(8) === 0) board.refuse(sent.client_id);
        else log.push({ ...sent, seq: log.length + 1 });
      } else deliver(author);
      if (random(2)) void board.view; // somebody looks in between
    }
    for (const who of ["a", "b"]) for (const entry of waiting[who].splice(0)) log.push({ ...entry, seq: log.length + 1 });
    for (const who of ["a", "b"]) while (read[who] < log.length) deliver(who);
    const truth = after(log);
    for (const { view, pending } of Object.values(boards)) {
      assert.equal(view.fingerprint(), truth.fingerprint());
      assert.equal(boardHash(view), boardHash(truth));
      assert.equal(view.count(), [...view.things.keys()].filter((id) => view.isVisible(id)).length);
      assert.equal(pending.length, 0);
    }
  }
});

test("the hash tells boards apart and does not mind who wrote the keys in which order", () => {
  const base = [line(1, "a", stroke("x")), line(2, "b", stroke("y"))];
  const one = boardHash(after(base));
  assert.match(one, /^[0-9a-f]{16}$/);
  assert.equal(boardHash(after([line(1, "a", { points: [0, 0, 50], width: 30, color: 0, page: 0, id: "x", do: "stroke" }), base[1]])), one);
  assert.equal(boardHash(after([line(1, "a", asLogged(stroke("x"))), base[1]])), one);
  const others = [
    [base[1], base[0]], [base[0]], [...base, line(3, "a", { do: "move", ids: ["x"], dx: 1, dy: 0 })], [...base, line(3, "a", { do: "page_add" })],
    [...base, line(3, "a", { do: "page_style", page: 0, style: "grid" })], [line(1, "a", { ...stroke("x"), color: 1 }), base[1]],
  ];
  assert.equal(new Set([one, ...others.map((log) => boardHash(after(log)))]).size, 7);
  const chats = ["a", "b"].map((text) => {
    const digest = new ChatDigest();
    digest.add({ seq: 1, author: "a", client_id: "c", payload: { text } });
    return digest.word;
  });
  assert.notEqual(chats[0], chats[1]);
});

test("who comes again with an empty board takes the log's board and says nothing", () => {
  const log = [line(1, "a", stroke("x")), line(2, "b", stroke("y")), line(3, "a", { do: "move", ids: ["y"], dx: 5, dy: 0 })];
  const back = new Board();
  assert.equal(back.pending.length, 0);
  for (const one of log) back.confirm(one);
  assert.equal(back.pending.length, 0);
  assert.equal(back.view.fingerprint(), after(log).fingerprint());
});

test("both move one thing at once: both moves count, in whichever order they are written", () => {
  const moves = [line(2, "a", { do: "move", ids: ["x"], dx: 30, dy: 0 }), line(3, "b", { do: "move", ids: ["x"], dx: 0, dy: 20 })];
  for (const order of [moves, [...moves].reverse()]) {
    assert.deepEqual(after([line(1, "a", stroke("x")), ...order]).shift("x"), [30, 20]);
  }
});

// C20: what one does back while the other has changed the thing. [what, steps by author, what can be seen at the end]
const table = [
  ["undo of a drawing that the other erased", [["a", stroke("x")], ["b", { do: "remove", ids: ["x"] }], ["a", "undo"]], []],
  ["redo of a drawing that the other erased", [["a", stroke("x")], ["b", { do: "remove", ids: ["x"] }], ["a", "undo"], ["a", "redo"]], []],
  ["undo of an erasing that the other did too", [["b", stroke("x")], ["a", { do: "remove", ids: ["x"] }], ["b", { do: "remove", ids: ["x"] }], ["a", "undo"]], []],
  ["undo of both erasings", [["b", stroke("x")], ["a", { do: "remove", ids: ["x"] }], ["b", { do: "remove", ids: ["x"] }], ["a", "undo"], ["b", "undo"]], ["x"]],
  ["undo of erasing what its author took back", [["b", stroke("x")], ["a", { do: "remove", ids: ["x"] }], ["b", "undo"], ["b", "undo"], ["a", "undo"]], []],
  ["undo of a clear", [["a", stroke("x")], ["b", stroke("y")], ["a", { do: "clear", page: 0, mark: "m" }], ["a", "undo"]], ["x", "y"]],
  ["undo of a clear leaves erased what was erased before", [["a", stroke("x")], ["b", stroke("y")], ["b", { do: "remove", ids: ["x"] }], ["a", { do: "clear", page: 0, mark: "m" }], ["a", "undo"]], ["y"]],
  ["both clear, one undoes", [["a", stroke("x")], ["a", { do: "clear", page: 0, mark: "m" }], ["b", { do: "clear", page: 0, mark: "m" }], ["a", "undo"]], ["x"]],
  ["undo of a move of what the other erased", [["a", stroke("x")], ["a", { do: "move", ids: ["x"], dx: 9, dy: 9 }], ["b", { do: "remove", ids: ["x"] }], ["a", "undo"]], []],
  ["undo of a move that the other moved on", [["a", stroke("x")], ["a", { do: "move", ids: ["x"], dx: 9, dy: 9 }], ["b", { do: "move", ids: ["x"], dx: 1, dy: 2 }], ["a", "undo"]], ["x+1,2"]],
];
for (const [what, steps, seen] of table) {
  test(`no resurrection: ${what}`, () => {
    const state = new BoardState();
    const histories = { a: new History(), b: new History() };
    steps.forEach(([author, op], index) => {
      const step = typeof op === "string" ? histories[author][op](state) : op;
      if (typeof op !== "string") histories[author].remember(op, op.ids, state);
      if (step) state.apply(line(index + 1, author, step));
    });
    const got = state.visible(0).map(({ id }) => (String(state.shift(id)) === "0,0" ? id : `${id}+${state.shift(id)}`));
    assert.deepEqual(got, seen);
  });
}

test("undo of a paper leaves the one that the other has laid since, and undoes the step before", () => {
  const state = new BoardState();
  const history = new History();
  const write = (author, op) => state.apply(line(1, author, op));
  history.remember(stroke("x"), [], state);
  write("a", stroke("x"));
  const grid = { do: "page_style", page: 0, style: "grid" };
  history.remember(grid, [], state);
  write("a", grid);
  assert.deepEqual(history.undo(state), { do: "page_style", page: 0, style: "plain" });
  assert.deepEqual(state.paper(0), "grid");
  write("a", { do: "page_style", page: 0, style: "plain" });
  assert.deepEqual(history.redo(state), grid);
  write("a", grid);
  write("b", { ...grid, style: "graph" });
  assert.deepEqual(history.undo(state), { do: "remove", ids: ["x"] });
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
