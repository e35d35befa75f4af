// The log's end in the browser, the ink, the clock and the words about the lines.
import assert from "node:assert/strict";
import test from "node:test";
import { LessonClock, asClock } from "../../../static/js/live/clock.js";
import { BoardHand } from "../../../static/js/live/board_hand.js";
import { Channels } from "../../../static/js/live/channels.js";
import { InkReceiver, InkSender } from "../../../static/js/live/ink.js";
import { decodePoints, encodePoints } from "../../../static/js/live/ink_code.js";
import { INK_KINDS } from "../../../static/js/live/protocol.js";
import { Journal, Outbox } from "../../../static/js/live/journal.js";
import { ServerTime } from "../../../static/js/live/server_time.js";
import { judge } from "../../../static/js/live/quality.js";

const entry = (seq) => ({ seq, kind: "chat", author: "a", client_id: `c${seq}`, payload: {}, at: 0 });
const soon = () => new Promise((done) => setTimeout(done, 5));

test("lines come out in order and once, however they come in", () => {
  const seen = [];
  const journal = new Journal({ ask: async () => ({ entries: [], more: false }), onEntry: ({ seq }) => seen.push(seq) });
  journal.receive([entry(2), entry(1), entry(1)]);
  journal.receive([entry(2), entry(3)]);
  assert.deepEqual(seen, [1, 2, 3]);
});

test("a gap is fetched, page after page", async () => {
  const seen = [];
  const all = [1, 2, 3, 4, 5].map(entry);
  const journal = new Journal({
    ask: async (since) => ({ entries: all.slice(since, since + 2), more: since + 2 < 5 }),
    onEntry: ({ seq }) => seen.push(seq),
  });
  journal.receive([entry(5)]);
  assert.deepEqual(seen, []);
  await journal.sync();
  assert.deepEqual(seen, [1, 2, 3, 4, 5]);
  clearTimeout(journal.gap);
});

test("the outbox keeps order and sends again until it is answered", async () => {
  const sent = [];
  const answered = [];
  let broken = true;
  const box = new Outbox({
    batch: 2,
    send: async (batch) => {
      sent.push(batch.map(({ client_id }) => client_id).join());
      if (broken) {
        broken = false;
        throw new Error("offline");
      }
      return batch.map(({ client_id }, index) => ({ client_id, seq: index + 1 }));
    },
    onAnswer: ({ client_id }) => answered.push(client_id),
  });
  for (const client_id of ["a", "b", "c"]) box.add({ client_id });
  await soon();
  assert.deepEqual(sent, []);
  box.setOpen(true);
  while (answered.length < 3) await soon();
  assert.deepEqual(sent, ["a,b", "a,b", "c"]);
  assert.deepEqual(answered, ["a", "b", "c"]);
  assert.equal(box.items.length, 0);
});

test("ink goes out in pieces: each frame directly, slower over the socket", () => {
  const direct = [];
  const relayed = [];
  let open = true;
  let time = 0;
  const sender = new InkSender({ direct: (ink) => open && direct.push(ink) > 0, relay: (ink) => relayed.push(ink), now: () => time });
  const stroke = { id: "s", page: 0, color: 0, width: 30, points: [1, 1, 50] };
  sender.begin();
  sender.frame(stroke);
  sender.frame(stroke);
  stroke.points.push(2, 2, 50);
  sender.frame(stroke);
  assert.deepEqual(direct, [
    [0, INK_KINDS.PEN, encodePoints([1, 1, 50]), "s", 0, 30, 0],
    [0, INK_KINDS.PEN, encodePoints([1, 1, 50, 2, 2, 50]), "s", 0, 30, 0],
  ]);
  stroke.points.push(3, 3, 50);
  sender.frame(stroke);
  assert.deepEqual(direct.at(-1), [0, INK_KINDS.PEN, encodePoints([2, 2, 50, 3, 3, 50]), "s", 0, 30, 3], "each message repeats the last one's points");
  open = false;
  for (let i = 0; i < 60; i += 1) {
    time += 1000 / 60;
    stroke.points.push(i, i, 50);
    sender.frame(stroke);
  }
  assert.ok(relayed.length >= 8 && relayed.length <= 12, `${relayed.length} messages in a second`);
  assert.equal(relayed.at(-1)[6] + decodePoints(relayed.at(-1)[2]).length, sender.sent, "no point is left out");
  sender.end();
});

test("one lost message of ink in two leaves no gap", () => {
  const receiver = new InkReceiver(() => {});
  let count = 0;
  const sender = new InkSender({ direct: (ink) => ((count += 1) % 2 ? receiver.take(ink) : null, true), relay: () => {} });
  const stroke = { id: "s", page: 0, color: 0, width: 30, points: /** @type {number[]} */ ([]) };
  sender.begin();
  for (let i = 0; i < 41; i += 1) {
    for (let more = 0; more <= i % 9; more += 1) stroke.points.push(i, more, 50);
    sender.frame(stroke);
  }
  assert.deepEqual(receiver.strokes.get("s")?.points, stroke.points);
  sender.end();
});

test("on a paced line ink does not wait for a pointer, and the end of a stroke waits for nothing", () => {
  const channels = new Channels({ onText: () => {}, onOpen: () => {}, onHeard: () => {} });
  /** @type {string[]} */
  const gone = [];
  const room = { readyState: "open", bufferedAmount: 0, send: (/** @type {string} */ text) => gone.push(text) };
  channels.room = /** @type {any} */ (room);
  channels.paceMs = 1e6;
  assert.equal(channels.sendText("here", "pointer"), true);
  assert.equal(channels.sendText("line", "ink"), true);
  assert.equal(channels.sendText("line on", "ink"), null);
  assert.equal(channels.sendText("there", "pointer"), null);
  assert.equal(channels.sendText("line end", "ink", true), true);
  room.bufferedAmount = 1;
  assert.equal(channels.sendText("late", "ink", true), null, "nothing is put behind what waits");
  assert.deepEqual(gone, ["here", "line", "line end"]);
});

test("what could not go is tried again at once, and goes when the pen is lifted", () => {
  const direct = [];
  let free = true;
  let timer = null;
  const sender = new InkSender({
    direct: (ink, last) => ((free || last) && direct.push(ink) > 0 ? true : null), relay: () => assert.fail("the channel is open"),
    later: (act, ms) => (timer = { act, ms }), forget: () => (timer = null),
  });
  const stroke = { id: "s", page: 0, color: 0, width: 30, points: [1, 1, 50] };
  sender.begin();
  sender.frame(stroke);
  free = false;
  stroke.points.push(900, 1, 50);
  sender.frame(stroke);
  assert.ok(timer.ms < 100, `tried again after ${timer.ms} ms`);
  timer.act();
  assert.equal(direct.length, 1);
  stroke.points.push(950, 1, 50);
  sender.finish(stroke);
  assert.deepEqual(decodePoints(direct.at(-1)[2]), stroke.points);
  assert.equal(timer, null);
});

test("while a pen draws, no pointer takes its place on the line", () => {
  const told = [];
  const hand = new BoardHand({
    view: { viewport: { toBoard: (x, y) => [x, y], zoom: 1 }, page: 0, redrawLive: () => {} },
    sender: { begin: () => told.push("begin"), frame: () => {}, finish: () => told.push("finish"), end: () => {}, point: () => {} },
    commit: () => {}, selection: {}, onHover: (x) => told.push(x), onText: () => {}, onDouble: () => false, onLaser: () => {},
    onBarred: () => {}, barred: () => false, color: 0,
  });
  globalThis.requestAnimationFrame = () => 0;
  const at = (x) => ({ x, y: 0, pressure: 50 });
  hand.hover(at(1));
  hand.begin(at(2));
  hand.hover(at(3));
  hand.end();
  hand.hover(at(4));
  assert.deepEqual(told, [1, "begin", "finish", 4]);
});

test("a pen or a pointer that rests says what could not go, and its last place again, and then is silent", () => {
  const relayed = [];
  let time = 0;
  let timer = null;
  const sender = new InkSender({
    direct: () => false, relay: (ink) => relayed.push(ink), now: () => time,
    later: (act, ms) => (timer = { act, ms }), forget: () => (timer = null),
  });
  const pass = () => {
    for (let turns = 0; timer && turns < 20; turns += 1) {
      const due = timer;
      timer = null;
      time += due.ms;
      due.act();
    }
    assert.equal(timer, null);
  };
  const stroke = { id: "s", page: 0, color: 0, width: 30, points: [1, 1, 50] };
  sender.begin();
  sender.frame(stroke);
  stroke.points.push(900, 1, 50);
  sender.frame(stroke);
  assert.equal(relayed.length, 1, "the socket is not asked twice at once");
  pass();
  assert.ok(relayed.length > 4 && relayed.length < 10, `${relayed.length} messages`);
  assert.deepEqual([...new Set(relayed.slice(1).map((ink) => JSON.stringify([ink[6], decodePoints(ink[2])])))], ["[0,[1,1,50,900,1,50]]"]);
  sender.frame({ ...stroke, points: [...stroke.points, 950, 1, 50] });
  sender.end();
  assert.equal(timer, null);
  for (const kind of [INK_KINDS.CURSOR, INK_KINDS.LASER]) {
    time += 1000;
    for (const x of [1, 2, 3]) sender.point(0, x, 5, kind);
    pass();
    assert.deepEqual(decodePoints(relayed.at(-1)[2]).slice(-3), [3, 5, 0]);
  }
});

test("a cursor is sent now and then, a laser with all of its way", () => {
  const direct = [];
  let time = 0;
  let open = true;
  const relayed = [];
  const sender = new InkSender({ direct: (ink) => open && direct.push(ink) > 0, relay: (ink) => relayed.push(ink), now: () => time });
  for (let i = 0; i < 60; i += 1, time += 1) sender.point(1, i, -i);
  assert.deepEqual(direct, [[1, INK_KINDS.CURSOR, encodePoints([0, 0, 0])]]);
  open = false;
  for (let i = 0; i < 60; i += 1, time += 2) sender.point(2, i, i, INK_KINDS.LASER);
  assert.equal(relayed.length, 2);
  assert.equal(decodePoints(relayed[1][2]).length, 56 * 3);
  sender.end();
});

test("foreign ink is trusted for nothing and leaves when its stroke is in the log", () => {
  const receiver = new InkReceiver(() => {});
  const code = encodePoints([1, 1, 50]);
  const good = [0, INK_KINDS.PEN, code, "s", 0, 30, 0];
  const but = (place, value) => good.map((part, i) => (i === place ? value : part));
  const bad = [
    null, 5, {}, "", [], [0], good.slice(0, 6), [...good, 1], but(0, 20), but(0, -1), but(1, 0), but(1, 4), but(2, "x"), but(2, ""), but(2, 5),
    but(2, encodePoints([1e6, 1, 1])), but(2, encodePoints(new Array(999).fill(0))), but(3, 5), but(3, ""), but(3, "x".repeat(33)), but(4, 6),
    but(5, 0), but(5, 601), but(6, 3601), but(6, 0.5), [0, INK_KINDS.PEN, code], [0, INK_KINDS.CURSOR, "g"],
  ];
  for (const one of bad) assert.equal(receiver.take(one), null, JSON.stringify(one));
  assert.equal(receiver.strokes.size, 0);
  assert.deepEqual(receiver.take(good), { page: 0, kind: INK_KINDS.PEN, x: 1, y: 1, points: [1, 1, 50] });
  receiver.take([0, INK_KINDS.PEN, encodePoints([2, 2, 50]), "s", 0, 30, 3]);
  assert.deepEqual(receiver.strokes.get("s").points, [1, 1, 50, 2, 2, 50]);
  receiver.finish("s");
  receiver.take(good);
  assert.equal(receiver.strokes.size, 0);
  for (let i = 0; i < 50; i += 1) receiver.take(but(3, `flood${i}`));
  assert.equal(receiver.strokes.size, 20);
  const laser = encodePoints([5, 6, 0, 7, 8, 0]);
  assert.deepEqual(receiver.take([3, INK_KINDS.LASER, laser]), { page: 3, kind: INK_KINDS.LASER, x: 7, y: 8, points: [5, 6, 0, 7, 8, 0] });
});

test("the clock follows the server and warns once at five minutes and at one", () => {
  const real = performance.now;
  let time = 0;
  performance.now = () => time;
  try {
    const clock = new LessonClock({ starts: 1_000_000, ends: 1_000_000 + 3_000_000, server: 900_000 });
    assert.deepEqual([clock.read().phase, clock.read().seconds], ["before", 100]);
    time = 100_000;
    assert.deepEqual([clock.read().phase, clock.read().seconds, clock.read().minutes], ["during", 3000, 50]);
    time = 100_000 + 2_700_000;
    assert.equal(clock.read().warning, 5);
    assert.equal(clock.read().warning, null);
    time += 241_000;
    assert.equal(clock.read().warning, 1);
    time += 100_000;
    assert.equal(clock.read().phase, "over");
    clock.extend(clock.ends + 900_000);
    assert.deepEqual([clock.read().phase, clock.read().minutes, clock.read().warning], ["during", 65, null]);
    time += 600_000;
    assert.equal(clock.read().warning, 5);
  } finally {
    performance.now = real;
  }
  assert.deepEqual([asClock(1450), asClock(5), asClock(3723)], ["24:10", "0:05", "1:02:03"]);
});

test("the server's time is what several answers allow together, also late ones", () => {
  const real = performance.now;
  let now = 1000;
  performance.now = () => now;
  const ahead = () => Math.round(time.now() - now);
  let time;
  try {
    time = new ServerTime(50_000 + 1000); // nobody knows when a page without times was asked for
    assert.ok(ahead() >= 50_000 && ahead() <= 51_000);
    time.learn(50_000 + 2000, 1980, 2020);
    assert.ok(Math.abs(ahead() - 50_000) <= 20);
    time.learn(50_000 + 2500, 2400, 9400); // a server that stood still for seven seconds after it had answered
    assert.ok(Math.abs(ahead() - 50_000) <= 20, `${ahead()}`);
    now = 20_000;
    time.learn(3_650_000 + now, 19_900, 20_000); // the device slept for an hour, and its steady clock with it
    assert.ok(Math.abs(ahead() - 3_650_050) <= 50, `${ahead()}`);
  } finally {
    performance.now = real;
  }
});

test("a line is judged by loss, delay and upload, with fields missing", () => {
  const reading = { rtt: 0.05, loss: 0, relayed: false, kbps: 500, upKbps: 500, limited: false, lossOut: null };
  assert.equal(judge(reading), "good");
  assert.equal(judge({ ...reading, loss: 0.05 }), "fair");
  assert.equal(judge({ ...reading, loss: 0.2 }), "weak");
  assert.equal(judge({ ...reading, limited: true, upKbps: 80 }), "upload");
  assert.equal(judge({ ...reading, lossOut: 0.2 }), "upload");
  assert.equal(judge({ ...reading, rtt: null, loss: null }), "good");
});

test("what a slow storage gives back when the line is long up is sent all the same, and once", async () => {
  const sent = [];
  let open = (_items) => {};
  const kept = new Promise((done) => (open = done));
  const box = new Outbox({
    batch: 5, shelf: { load: () => kept, put() {}, remove() {} }, onAnswer() {},
    send: async (batch) => batch.map(({ client_id }) => (sent.push(client_id), { client_id, seq: 1 })),
  });
  const restored = box.restore(0);
  box.setOpen(true);
  box.add({ client_id: "new" });
  await soon();
  open([{ client_id: "old" }]);
  assert.deepEqual(await restored, [{ client_id: "old" }]);
  while (box.items.length > 0) await soon();
  assert.deepEqual(sent, ["new", "old"]);
});

test("what is put while the browser takes a minute to open its storage is kept once it is open", async (t) => {
  const kept = [];
  const request = {};
  t.mock.timers.enable({ apis: ["setTimeout"] });
  globalThis.indexedDB = { open: () => request };
  const { Shelf } = await import("../../../static/js/live/shelf.js?slow");
  const shelf = new Shelf({ box: "b", ends: 0 });
  shelf.put({ client_id: "a" });
  t.mock.timers.tick(60_000);
  await Promise.resolve();
  shelf.put({ client_id: "b" });
  const transaction = { commit() {}, objectStore: () => ({ transaction, put: ({ item }) => kept.push(item.client_id) }) };
  request.result = { transaction: () => transaction };
  request.onsuccess();
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  assert.deepEqual(kept, ["a", "b"]);
  delete globalThis.indexedDB;
});
