// The line under the controls: what it says has to be read, also when two things happen at once.
import assert from "node:assert/strict";
import test from "node:test";
import { Notice } from "../../../static/js/live/notice.js";

globalThis.document = { getElementById: () => null, querySelector: () => null };

/** A line that usually says "Draw". */
function line(context) {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const place = { textContent: "Draw" };
  const root = { querySelector: () => place, classList: { toggle: () => {} } };
  // In small steps: what a timer starts counts from its own end.
  const wait = (/** @type {number} */ ms) => {
    for (let gone = 0; gone < ms; gone += 50) context.mock.timers.tick(50);
  };
  return { place, notice: new Notice(root), wait };
}

test("a word goes after a while", (context) => {
  const { place, notice, wait } = line(context);
  notice.say("one");
  wait(6900);
  assert.equal(place.textContent, "one");
  wait(200);
  assert.equal(place.textContent, "Draw");
});

test("of two that come together each is there long enough to be read", (context) => {
  const { place, notice, wait } = line(context);
  notice.say("one");
  notice.say("two");
  wait(1900);
  assert.equal(place.textContent, "one");
  wait(200);
  assert.equal(place.textContent, "two");
  wait(7000);
  assert.equal(place.textContent, "Draw");
});

test("a later one takes the place of one that has been read", (context) => {
  const { place, notice, wait } = line(context);
  notice.say("one");
  wait(3000);
  notice.say("two");
  assert.equal(place.textContent, "two");
  wait(6900);
  assert.equal(place.textContent, "two");
});

test("what is taken back goes at once, with what waits", (context) => {
  const { place, notice, wait } = line(context);
  notice.say("one");
  notice.say("two");
  notice.say("");
  assert.equal(place.textContent, "Draw");
  wait(9000);
  assert.equal(place.textContent, "Draw");
  notice.say("three");
  assert.equal(place.textContent, "three");
});
