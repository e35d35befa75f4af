// The log's end in the browser, the ink, the clock and the words about the lines.
import assert from "node:assert/strict";
import test from "node:test";
import { LessonClock, asClock } from "../../../static/js/live/clock.js";
import { InkReceiver, InkSender } from "../../../static/js/live/ink.js";
import { Journal, Outbox } from "../../../static/js/live/journal.js";
import { judge } from "../../../static/js/live/quality.js";
import { VideoRest } from "../../../static/js/live/video_rest.js";

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
  await new Promise((done) => setTimeout(done, 500));
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
  assert.deepEqual(direct.map(({ from, points }) => [from, points]), [[0, [1, 1, 50]], [3, [2, 2, 50]]]);
  open = false;
  for (let i = 0; i < 10; i += 1) {
    time += 16;
    stroke.points.push(i, i, 50);
    sender.frame(stroke);
  }
  assert.ok(relayed.length >= 2 && relayed.length <= 4);
});

test("foreign ink is trusted for nothing and leaves when its stroke is in the log", () => {
  const receiver = new InkReceiver(() => {});
  const good = { id: "s", page: 0, color: 0, width: 30, from: 0, points: [1, 1, 50] };
  for (const bad of [null, 5, {}, { ...good, points: ["x", 1, 1] }, { ...good, points: [1e9, 1, 1] }, { ...good, id: 5 }, { ...good, points: new Array(999).fill(0) }]) receiver.take(bad);
  assert.equal(receiver.strokes.size, 0);
  receiver.take(good);
  receiver.take({ ...good, from: 3, points: [2, 2, 50] });
  assert.deepEqual(receiver.strokes.get("s").points, [1, 1, 50, 2, 2, 50]);
  receiver.finish("s");
  receiver.take(good);
  assert.equal(receiver.strokes.size, 0);
  for (let i = 0; i < 50; i += 1) receiver.take({ ...good, id: `flood${i}` });
  assert.equal(receiver.strokes.size, 20);
});

test("the clock follows the server and warns once at five minutes and at one", () => {
  const real = Date.now;
  let time = 0;
  Date.now = () => time;
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
  } finally {
    Date.now = real;
  }
  assert.deepEqual([asClock(1450), asClock(5), asClock(3723)], ["24:10", "0:05", "1:02:03"]);
});

test("a line is judged by loss, delay and upload, with fields missing", () => {
  const reading = { rtt: 0.05, loss: 0, relayed: false, kbps: 500, upKbps: 500, limited: false };
  assert.equal(judge(reading), "good");
  assert.equal(judge({ ...reading, loss: 0.05 }), "fair");
  assert.equal(judge({ ...reading, loss: 0.2 }), "weak");
  assert.equal(judge({ ...reading, limited: true, upKbps: 80 }), "upload");
  assert.equal(judge({ ...reading, rtt: null, loss: null }), "good");
});

test("the picture rests after three bad readings and returns after eight good ones", () => {
  const rest = new VideoRest();
  assert.deepEqual(["weak", "weak", "good", "weak", "weak"].map((word) => rest.feed(word)), [false, false, false, false, false]);
  assert.equal(rest.feed("upload"), true);
  assert.equal(rest.resting, true);
  for (let i = 0; i < 7; i += 1) assert.equal(rest.feed("good"), false);
  assert.equal(rest.feed("good"), true);
  assert.equal(rest.resting, false);
});
