// The ladder as a table: what is read of the line, and what is sent then.
import assert from "node:assert/strict";
import test from "node:test";
import { Adapt, inventedByLine, sentence } from "../../../static/js/live/adapt.js";
import { Ladder, RUNGS } from "../../../static/js/live/ladder.js";
import { Collector, cut } from "../../../static/js/live/still.js";
import { pictureWish, voiceWish } from "../../../static/js/live/tune.js";

const EVERY = 0.5;
const GOOD = { capacity: 2500, loss: 0, concealed: 0, rtt: 0.05, stuck: false, cpu: false };

/** Feed readings half a second apart and give the rungs after each. */
function ride(ladder, readings, from = 0) {
  return readings.map((reading, index) => {
    ladder.feel({ ...GOOD, ...reading, at: from + index * EVERY });
    return ladder.rung;
  });
}
const repeat = (reading, count) => Array.from({ length: count }, () => reading);

for (const [what, start, readings, end] of [
  ["a good line climbs to the largest picture", "medium", repeat({}, 14), "high"],
  ["one mild reading is no reason", "high", [{ loss: 0.1 }, {}, { loss: 0.1 }, {}], "high"],
  ["three mild ones are", "high", repeat({ loss: 0.12 }, 3), "medium"],
  ["heavy loss goes two down at once", "medium", [{ loss: 0.4 }], "still"],
  ["a buried line is given plain sound at once", "high", [{ loss: 0.8 }], "thin"],
  ["nobody climbs while the other side tells nothing", "medium", repeat({ unheard: true }, 40), "medium"],
  ["what can't be carried is not tried on the way down", "high", [{ capacity: 34 }], "thin"],
  ["a small capacity keeps a small picture", "high", repeat({ capacity: 120 }, 1), "small"],
  ["sound that had to be invented counts as much as loss", "small", [{ concealed: 0.5 }], "voice"],
  ["a long way round is no weak line by itself", "medium", repeat({ rtt: 0.35, loss: 0.05, capacity: 300 }, 3), "medium"],
  ["plain sound stays while it arrives at all", "thin", repeat({ capacity: 16, loss: 0.05 }, 30), "thin"],
  ["plain sound that arrives badly is more than none", "thin", repeat({ capacity: 5, loss: 0.4, concealed: 0.4 }, 60), "thin"],
  ["sound is given up when nothing has arrived for long", "thin", repeat({ capacity: 5, loss: 0.7 }, 25), "board"],
  ["and not before", "thin", repeat({ capacity: 5, loss: 0.7 }, 20), "thin"],
  ["data that waits in front of the line is a sign", "small", repeat({ stuck: true }, 3), "still"],
  ["a device that can't encode more sends less, but keeps a picture", "high", repeat({ cpu: true }, 40), "small"],
  ["what a browser does not tell is no reason", "medium", repeat({ capacity: null, loss: null, concealed: null, rtt: null }, 3), "medium"],
]) {
  test(what, () => {
    const ladder = new Ladder({ start });
    assert.equal(ride(ladder, readings).at(-1), end);
  });
}

test("it climbs one rung at a time, and waits twice as long after each climb that failed", () => {
  const ladder = new Ladder({ start: "voice" });
  const rungs = ride(ladder, repeat({ capacity: null }, 61));
  assert.deepEqual([...new Set(rungs)], ["voice", "still", "small", "medium", "high"]);
  const shaky = new Ladder({ start: "voice" });
  let at = 0;
  const waits = [];
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const begun = at;
    while (shaky.rung === "voice") shaky.feel({ ...GOOD, capacity: null, at: (at += 1) });
    waits.push(at - begun);
    for (let i = 0; i < 3; i += 1) shaky.feel({ ...GOOD, concealed: 0.2, at: (at += 1) });
    assert.equal(shaky.rung, "voice");
  }
  assert.ok(waits[1] >= waits[0] * 1.7 && waits[2] >= waits[1] * 1.7, waits.join());
});

test("after a climb the browser's old guess is no reason to fall, and a newer one is", () => {
  const ladder = new Ladder({ start: "still" });
  const climb = ride(ladder, repeat({ capacity: 60 }, 13));
  assert.equal(climb.at(-1), "small");
  assert.deepEqual(new Set(ride(ladder, repeat({ capacity: 40 }, 7), 6.5)), new Set(["small"]));
  assert.equal(ride(ladder, repeat({ capacity: 40 }, 6), 10).at(-1), "thin");
});

test("what the other side told a while ago is not believed against what is lost here", () => {
  globalThis.document = /** @type {any} */ ({ createElement: () => ({ getContext: () => null }) }); // a still picture's canvas
  let at = 0;
  const adapt = new Adapt({ peer: { channels: { sendStill: () => false, sendReport: () => {} } }, onChange: () => {}, onTell: () => {}, now: () => at });
  const lost = { capacity: 900, loss: 0.9, lossOut: 0, concealed: 0, rtt: 0.05, stuck: false, cpu: false, kbps: 40, upKbps: 400, mute: false, relayed: true, limited: false };
  adapt.hear(JSON.stringify({ loss: 0, concealed: 0, rung: "medium" }));
  at = 0.5;
  adapt.feel(lost);
  assert.equal(adapt.rung, "medium", "the way there may be good while the way back is not");
  at = 0.8;
  adapt.feel(lost);
  assert.equal(adapt.rung, "thin", "the next report did not come");
});

test("who saves data is held below pictures, and is back at once when it is no longer wished", () => {
  const ladder = new Ladder();
  assert.ok(ladder.limit("thin"));
  assert.deepEqual(new Set(ride(ladder, repeat({}, 60))), new Set(["thin"]));
  assert.ok(ladder.limit("high"));
  assert.equal(ladder.rung, "medium");
});

test("a fall that somebody asked for is climbed out of", () => {
  const ladder = new Ladder({ start: "medium" });
  assert.ok(ladder.fall("voice", 0));
  assert.ok(!ladder.fall("small", 0));
  assert.equal(ride(ladder, repeat({ capacity: null }, 40), 1).at(-1), "medium");
});

test("every step that somebody notices has its sentence", () => {
  const said = (from, to) => sentence(from, to);
  assert.deepEqual(
    [said("high", "medium"), said("medium", "small"), said("small", "still"), said("high", "thin"), said("voice", "thin"), said("thin", "board")],
    ["", "line_small", "line_still", "line_voice", "line_thin", "line_board"],
  );
  assert.deepEqual([said("board", "thin"), said("voice", "still"), said("still", "small"), said("small", "medium")], ["line_sound_back", "", "line_video_back", ""]);
});

test("sound goes before pictures on every rung", () => {
  for (const rung of RUNGS) {
    assert.equal(voiceWish(rung).priority, "high");
    assert.ok(voiceWish(rung).maxBitrate >= 12_000);
    for (const use of ["camera", "screen"]) assert.equal(pictureWish(rung, use).priority, "low");
  }
  assert.equal(voiceWish("thin").maxBitrate, 12_000);
  assert.deepEqual(["small", "voice"].map((rung) => pictureWish(rung, "camera").active), [true, false]);
});

test("a still picture comes together from its pieces, and from nothing else", () => {
  const seen = [];
  const collector = new Collector((picture) => seen.push(picture.length));
  const picture = new Uint8Array(2500).fill(7);
  picture.set([0xff, 0xd8]);
  const pieces = cut(picture, 3).map((piece) => piece.buffer);
  assert.ok(pieces.every((piece) => piece.byteLength <= 904));
  pieces.forEach((piece) => collector.take(piece));
  assert.deepEqual(seen, [2500]);
  collector.take(pieces[0]);
  collector.take(pieces[2]);
  for (const bad of ["text", null, new ArrayBuffer(2), new ArrayBuffer(5000)]) collector.take(bad);
  cut(new Uint8Array(100), 4).forEach((piece) => collector.take(piece.buffer));
  assert.deepEqual(seen, [2500]);
});

test("sound that is missing although every packet came in time is no fault of the line", () => {
  const told = { loss: 0, concealed: 0.9 };
  const ours = { lossOut: 0, rtt: 0.05, stuck: false };
  assert.equal(inventedByLine(told, ours), null);
  assert.equal(inventedByLine({ ...told, loss: 0.05 }, ours), 0.9);
  assert.equal(inventedByLine({ ...told, loss: null }, ours), 0.9, "nothing came at all");
  for (const worse of [{ lossOut: 0.05 }, { rtt: 0.6 }, { stuck: true }]) assert.equal(inventedByLine(told, { ...ours, ...worse }), 0.9);
  assert.equal(inventedByLine(null, ours), null);
});
