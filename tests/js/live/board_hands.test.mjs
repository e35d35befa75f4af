// Fingers, the shared view, the news and the laser: rules without a page.
import assert from "node:assert/strict";
import test from "node:test";
import { BoardNews } from "../../../static/js/live/board_news.js";
import { Fingers } from "../../../static/js/live/fingers.js";
import { LaserTrail } from "../../../static/js/live/laser_trail.js";
import { SharedView } from "../../../static/js/live/shared_view.js";

const touch = (id, x = 0, y = 0, more = {}) => ({ id, kind: "touch", x, y, size: 20, ...more });

test("one finger draws; a second one takes it back, and the two move and zoom about their middle", () => {
  const fingers = new Fingers();
  assert.equal(fingers.down(touch(1, 0, 0), false), "draw");
  assert.equal(fingers.move(touch(1, 5, 5)), null);
  assert.equal(fingers.down(touch(2, 105, 5), false), "pinch");
  assert.deepEqual(fingers.move(touch(2, 205, 5)), { dx: 50, dy: 0, zoom: { factor: 2, x: 105, y: 5 } });
  assert.equal(fingers.up(1), false);
  assert.deepEqual(fingers.move(touch(2, 215, 5)), { dx: 10, dy: 0 });
  fingers.up(2);
  assert.equal(fingers.down(touch(3), false), "draw");
  assert.equal(fingers.up(3), true);
});

test("a palm is nobody's finger", () => {
  const fingers = new Fingers();
  assert.equal(fingers.down(touch(1, 0, 0, { size: 90 }), false), "ignore");
  assert.equal(fingers.down(touch(2), false), "draw");
});

test("once a pen was seen fingers only move, and a hand that rests beside a drawing pen does nothing", () => {
  const fingers = new Fingers();
  assert.equal(fingers.down(touch(1), false), "draw");
  fingers.up(1);
  assert.equal(fingers.down(touch(2, 9, 9), false), "draw");
  assert.equal(fingers.down({ id: 9, kind: "pen", x: 1, y: 1 }, false), "draw");
  assert.equal(fingers.down(touch(3), false), "ignore");
  assert.equal(fingers.move(touch(2, 20, 20)), null);
  assert.equal(fingers.up(9), true);
  assert.equal(fingers.down(touch(4), false), "pan");
  assert.deepEqual(fingers.move(touch(4, 3, 4)), { dx: 3, dy: 4 });
});

test("the move tool pans with one pointer", () => {
  const fingers = new Fingers();
  assert.equal(fingers.down({ id: 1, kind: "mouse", x: 0, y: 0 }, true), "pan");
  assert.deepEqual(fingers.move({ id: 1, kind: "mouse", x: 2, y: 0 }), { dx: 2, dy: 0 });
});

const LOOK = (x, page = 0) => ({ page, box: [x, 0, x + 1000, 800] });

/** Two people whose messages arrive at once. */
function pair() {
  const clock = { at: 0, waiting: [] };
  const log = { a: [], b: [], brought: [] };
  const made = {};
  const make = (me, other) => {
    made[me] = new SharedView({
      send: (message) => made[other].hear(structuredClone(message), 20),
      go: (look) => {
        log[me].push(look.box[0]);
        made[me].moved(LOOK(look.box[0], look.page), false);
      },
      onChange: () => {},
      onBrought: () => log.brought.push(me),
      now: () => clock.at,
      later: (what, ms) => clock.waiting.push({ what, at: clock.at + ms }),
    });
  };
  make("a", "b");
  make("b", "a");
  const wait = (ms) => {
    clock.at += ms;
    for (const one of clock.waiting.splice(0)) if (one.at <= clock.at) one.what();
  };
  return { ...made, log, wait };
}

test("who follows is taken along until the own hand moves", () => {
  const { a, b, log, wait } = pair();
  a.moved(LOOK(0), true);
  wait(200);
  b.follow();
  a.moved(LOOK(50), true);
  a.moved(LOOK(60), true);
  wait(200);
  assert.deepEqual(log.b, [0, 50, 60]);
  b.moved(LOOK(7), true);
  assert.equal(b.following, false);
  wait(200);
  a.moved(LOOK(90), true);
  assert.deepEqual(log.b, [0, 50, 60]);
});

test("two who follow each other do not push each other about", () => {
  const { a, b, log, wait } = pair();
  a.moved(LOOK(1), true);
  b.moved(LOOK(2), true);
  wait(200);
  a.follow();
  b.follow();
  const before = log.a.length + log.b.length;
  wait(500);
  wait(500);
  assert.equal(log.a.length + log.b.length, before);
});

test("a leader takes the other along; one tap stops it until the leader begins anew", () => {
  const { a, b, log, wait } = pair();
  a.moved(LOOK(1), true);
  a.lead(true);
  assert.equal(b.led, true);
  assert.deepEqual(log.brought, ["b"]);
  wait(200);
  a.moved(LOOK(2), true);
  assert.equal(log.b.at(-1), 2);
  b.stop();
  wait(200);
  a.moved(LOOK(3), true);
  assert.equal(log.b.at(-1), 2);
  a.lead(false);
  a.lead(true);
  assert.equal(log.b.at(-1), 3);
  a.lead(false);
  assert.equal(b.following, false);
});

test("come to my view moves the other once, also when they do not follow", () => {
  const { a, b, log, wait } = pair();
  a.moved(LOOK(5), true);
  a.bring();
  assert.deepEqual([log.b.at(-1), log.brought], [5, ["b"]]);
  wait(200);
  a.moved(LOOK(6), true);
  assert.equal(log.b.at(-1), 5);
  b.visit();
  assert.equal(log.b.at(-1), 6);
});

test("a malformed look is dropped", () => {
  const { b } = pair();
  for (const bad of [null, 5, {}, { ...LOOK(0), lead: 3 }, { page: 20, box: [0, 0, 1, 1], lead: 0 }, { page: 0, box: [0, 0, 0, 1], lead: 0 }, { page: 0, box: [0, 0, "1", 1], lead: 0 }, { page: 0, box: [0, 0, 1e9, 1], lead: 0 }]) b.hear(bad, 20);
  b.hear({ ...LOOK(0, 3), lead: 1 }, 2);
  assert.equal(b.theirs, null);
});

test("news of the other one are gathered into one sentence", () => {
  const said = [];
  const plans = [];
  const words = { news_drew: "{name} drew {count} things.", news_drew_one: "{name} drew something.", news_wrote: "{name} wrote: {text}", news_erased: "{name} erased {count} things." };
  const news = new BoardNews({ words, name: "Asha", say: (text) => said.push(text), later: (what) => plans.push(what) });
  for (const op of [{ do: "stroke" }, { do: "shape" }, { do: "text", text: "x = 2" }, { do: "remove", ids: ["a", "b"] }, { do: "lock", on: true }]) news.hear(op);
  assert.equal(plans.length, 1);
  plans.pop()();
  assert.deepEqual(said, ["Asha drew 2 things. Asha wrote: x = 2 Asha erased 2 things."]);
  news.hear({ do: "stroke" });
  plans.pop()();
  assert.equal(said[1], "Asha drew something.");
});

test("a laser's tail fades and is gone after a second, on its page only", () => {
  let now = 0;
  const trail = new LaserTrail({ now: () => now });
  trail.add(0, [0, 0, 0]);
  now = 450;
  trail.add(0, [10, 10, 0, 20, 20, 0]);
  assert.deepEqual(trail.glow(0).map(({ x, left }) => [x, left]), [[0, 0.5], [10, 1], [20, 1]]);
  assert.deepEqual(trail.glow(1), []);
  now = 1400;
  assert.deepEqual(trail.glow(0), []);
  const still = new LaserTrail({ now: () => now, still: true });
  still.add(0, [1, 1, 0, 2, 2, 0]);
  assert.deepEqual(still.glow(0), [{ x: 2, y: 2, left: 1 }]);
});
