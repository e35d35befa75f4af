// The replay: the board at any moment, both ways; the time that runs.
import assert from "node:assert/strict";
import test from "node:test";
import { BoardState } from "../../../static/js/live/board_state.js";
import { encodePoints } from "../../../static/js/live/ink_code.js";
import { ReplayClock } from "../../../static/js/sessions/replay_clock.js";
import { Reel, wholeLog } from "../../../static/js/sessions/replay_reel.js";

const START = 1_000_000;
let number = 0;
const line = (at, kind, payload, side = "mentor") => ({ seq: (number += 1), kind, side, at: START + at, payload });
const stroke = (id, page = 0) => ({ do: "stroke", id, page, color: 0, width: 30, points: encodePoints([0, 0, 50, 100, 200, 50]) });
const shown = (reel, page = 0) => reel.state.visible(page).map(({ id }) => id);

function lesson() {
  number = 0;
  return [
    line(-5000, "board", stroke("a")),
    line(60_000, "chat", { text: "look" }),
    line(120_000, "board", stroke("b"), "learner"),
    line(180_000, "board", { do: "remove", ids: ["a"] }, "learner"),
    line(170_000, "board", stroke("c", 1)), // a clock that was set back
    line(240_000, "board", { do: "clear", page: 0 }),
    line(240_000, "future", { what: 1 }),
  ];
}

test("the board is as it was at any moment, forwards and backwards", () => {
  const reel = new Reel(lesson(), START, START + 300_000);
  assert.equal(reel.length, 300_000);
  const table = [[0, ["a"], []], [119_999, ["a"], []], [120_000, ["a", "b"], []], [180_000, ["b"], ["c"]], [250_000, [], ["c"]], [120_000, ["a", "b"], []], [0, ["a"], []], [300_000, [], ["c"]]];
  for (const [t, first, second] of table) {
    reel.seek(t);
    assert.deepEqual([shown(reel, 0), shown(reel, 1)], [first, second], `at ${t}`);
  }
  reel.seek(0);
  assert.equal(reel.page, 0);
  reel.seek(190_000);
  assert.equal(reel.page, 1);
  assert.equal(reel.step, 4);
  assert.deepEqual(reel.chats.map(({ t, said }) => [t, said.text]), [[60_000, "look"]]);
});

test("only what is new is drawn when nothing else changed", () => {
  const reel = new Reel(lesson(), START, START + 300_000);
  reel.seek(0);
  assert.deepEqual(reel.seek(120_000)?.map(({ id }) => id), ["b"]);
  assert.deepEqual(reel.seek(121_000), []);
  assert.equal(reel.seek(180_000), null);
  assert.equal(reel.seek(0), null);
});

test("the end of the reel is the board that was left, to the last thing", () => {
  const entries = lesson();
  const reel = new Reel(entries, START, START + 1);
  reel.seek(reel.length);
  reel.seek(0);
  reel.seek(reel.length);
  const whole = new BoardState();
  for (const { kind, side, seq, payload } of entries) if (kind === "board") whole.apply({ seq, author: side, client_id: "", op: payload });
  assert.equal(reel.state.fingerprint(), whole.fingerprint());
  assert.deepEqual(reel.bounds(0), [0, 0, 100, 200]);
  assert.equal(reel.bounds(7), null);
});

test("an empty lesson has a reel too", () => {
  const reel = new Reel([], START, START);
  assert.equal(reel.length, 1000);
  assert.deepEqual(reel.seek(500), []);
  assert.equal(reel.page, 0);
});

test("twenty thousand steps are read, run and run back in a second", () => {
  number = 0;
  const entries = Array.from({ length: 20_000 }, (_, index) => line(index * 100, "board", index % 50 === 49 ? { do: "remove", ids: [`s${index - 1}`] } : stroke(`s${index}`)));
  const started = process.cpuUsage();
  const reel = new Reel(entries, START, START + 2_000_000);
  reel.seek(reel.length);
  reel.seek(0);
  const took = process.cpuUsage(started).user / 1000;
  assert.ok(took < 1000, `${took} ms of the processor`);
});

test("the log is fetched page after page, and a refusal is told", async () => {
  const all = lesson();
  const entries = await wholeLog(async (since) => ({ ok: true, entries: all.slice(since, since + 3), more: since + 3 < all.length }));
  assert.deepEqual(entries, all);
  await assert.rejects(wholeLog(async () => ({ ok: false, code: "offline" })), /offline/);
});

test("time runs at its speed, stops at the end, and begins again", () => {
  let now = 0;
  const clock = new ReplayClock(10_000, () => now);
  clock.play();
  now = 1000;
  assert.equal(clock.read(), 1000);
  clock.faster();
  assert.equal(clock.speed, 2);
  now = 2000;
  assert.equal(clock.read(), 3000);
  clock.jump(9000);
  now = 2400;
  assert.equal(clock.read(), 9800);
  now = 9000;
  assert.equal(clock.read(), 10_000);
  assert.equal(clock.playing, false);
  clock.play();
  assert.equal(clock.read(), 0);
  clock.pause();
  now = 20_000;
  assert.equal(clock.read(), 0);
  for (let times = 0; times < 3; times += 1) clock.faster();
  assert.equal(clock.speed, 1);
  clock.jump(-5);
  assert.equal(clock.t, 0);
});
