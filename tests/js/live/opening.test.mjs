import assert from "node:assert/strict";
import { test } from "node:test";

import { Board } from "../../../static/js/live/board.js";
import { boardHash, boardHashing } from "../../../static/js/live/board_digest.js";
import { BoardIndex } from "../../../static/js/live/board_index.js";
import { bounds } from "../../../static/js/live/board_bounds.js";
import { asSeen } from "../../../static/js/live/board_state.js";
import { decodePoints, encodePoints, extentOf } from "../../../static/js/live/ink_code.js";
import { Journal } from "../../../static/js/live/journal.js";
import { readLog } from "../../../static/js/live/opening.js";

const random = ((seed) => (n) => (seed = (seed * 48271) % 2147483647) % n)(5);
const scribble = () => Array.from({ length: 3 * (1 + random(40)) }, (_, i) => (i % 3 === 2 ? random(101) : random(200000) - 100000));
const stroke = (id, points = scribble()) => ({ do: "stroke", id, page: 0, color: 1, width: 30, points: encodePoints(points) });

test("the box of a code is the box of its points, and what can't be decoded has none", () => {
  for (let round = 0; round < 200; round += 1) {
    const points = scribble();
    const xs = points.filter((_, i) => i % 3 === 0);
    const ys = points.filter((_, i) => i % 3 === 1);
    assert.deepEqual(extentOf(encodePoints(points)), [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]);
    const code = encodePoints(points);
    const at = random(code.length);
    const broken = code.slice(0, at) + "gA!é"[random(4)] + code.slice(at + random(2));
    assert.equal(extentOf(broken) === null, decodePoints(broken) === null, broken);
  }
});

test("ink reads like its plain operation: points, bounds, JSON", () => {
  const points = scribble();
  const seen = asSeen(stroke("a", points));
  const plain = { ...stroke("a", points), points };
  assert.deepEqual(bounds(seen), bounds(plain));
  assert.deepEqual(JSON.parse(JSON.stringify(seen)), plain);
  assert.deepEqual(seen.points, points);
  assert.equal(asSeen(seen), seen);
  assert.equal(asSeen({ ...stroke("a"), points: "!" }), null);
});

/** An answer that comes in pieces of some characters. */
const answer = (text, piece) => async () =>
  new Response(new ReadableStream({
    start(controller) {
      const bytes = new TextEncoder().encode(text);
      for (let i = 0; i < bytes.length; i += piece) controller.enqueue(bytes.slice(i, i + piece));
      controller.close();
    },
  }));
const pages = (count, each, last = false) =>
  Array.from({ length: count / each }, (_, page) => JSON.stringify({
    authors: ["ann", "ben"], more: last ? page < count / each - 1 : true,
    lines: Array.from({ length: each }, (_, n) => [page * each + n + 1, 1, n % 2, `c${page}-${n}`, 5, { do: "text", id: `t${page}-${n}`, page: 0, at: [0, 0], text: "é" }]),
  }) + "\n").join("");

test("a log that comes in any pieces is read line by line", async () => {
  for (const piece of [1, 7, 4096]) {
    const got = [];
    await readLog("/log", 0, (entries) => got.push(...entries), answer(pages(12, 4, true), piece));
    assert.deepEqual(got.map(({ seq }) => seq), Array.from({ length: 12 }, (_, n) => n + 1));
    assert.equal(got[5].author, "ben");
    assert.equal(got[5].payload.text, "é");
  }
});

test("a log that breaks off rejects, and what came counts", async () => {
  const got = [];
  await assert.rejects(readLog("/log", 0, (entries) => got.push(...entries), answer(pages(8, 4), 100)), /broke off/);
  assert.equal(got.length, 8);
  await assert.rejects(readLog("/log", 0, () => {}, async () => new Response("", { status: 404 })), /404/);
});

test("lines that come at once are told once, and every one of them is seen", () => {
  const board = new Board();
  const heard = [];
  board.onChange((change) => heard.push(change));
  const journal = new Journal({
    ask: async () => ({ entries: [], more: false }),
    together: (receive) => board.together(receive),
    onEntry: ({ seq, author, client_id, payload }) => board.confirm({ seq, author, client_id, op: payload }),
  });
  const entry = (seq) => ({ seq, kind: "board", author: "a", client_id: `c${seq}`, payload: stroke(`s${seq}`), at: 0 });
  journal.receive([entry(3), entry(1), entry(2), entry(2)]);
  assert.equal(heard.length, 1);
  assert.deepEqual(new Set(heard[0].ids), new Set(["s1", "s2", "s3"]));
  assert.equal(journal.early.size, 0);
  assert.deepEqual([...new BoardIndex(board.view, 0).rows.keys()], ["s1", "s2", "s3"]);
});

test("a hash in slices is the hash at once", () => {
  const board = new Board();
  for (let n = 1; n <= 300; n += 1) board.confirm({ seq: n, author: "a", client_id: `c${n}`, op: stroke(`s${n}`) });
  let slices = 0;
  const hashing = boardHashing(board.view);
  let step = hashing.next();
  for (; !step.done; step = hashing.next()) slices += 1;
  assert.ok(slices >= 4);
  assert.equal(step.value, boardHash(board.view));
});

test("what has come is known by its client ids, for who asks what an earlier page left", () => {
  const journal = new Journal({ ask: async () => ({ entries: [], more: false }), onEntry() {} });
  const entry = (seq) => ({ seq, kind: "board", author: "a", client_id: `c${seq}`, payload: {}, at: 0 });
  journal.receive([entry(2), entry(1)]);
  assert.deepEqual(journal.written(), new Set(["c1", "c2"]));
  journal.receive([entry(3)]);
  assert.equal(journal.came, null);
});
