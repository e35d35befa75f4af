// Sharing the screen: the last wish counts, however late the browser answers.
import assert from "node:assert/strict";
import test from "node:test";
import { Screen } from "../../../static/js/live/screen.js";

const soon = () => new Promise((done) => setTimeout(done, 0));

/** A browser that gives a screen when it is told to. */
function browser() {
  const asked = [];
  const made = [];
  const track = () => Object.assign(new EventTarget(), { stopped: false, contentHint: "", stop() { this.stopped = true; } });
  const stream = () => {
    const picture = track();
    made.push(picture);
    return { getVideoTracks: () => [picture], getAudioTracks: () => [], getTracks: () => [picture] };
  };
  return { asked, made, answer: () => asked.shift()(stream()), getDisplayMedia: () => new Promise((done) => asked.push(done)) };
}

function screen() {
  const devices = browser();
  const shown = [];
  return { devices, shown, screen: new Screen({ devices, onChange: (track) => shown.push(track) }) };
}

test("a screen that comes after the wish for it is over is let go and shown to nobody", async () => {
  const { devices, shown, screen: one } = screen();
  const started = one.start();
  one.stop();
  devices.answer();
  assert.equal(await started, false);
  assert.deepEqual(shown, []);
  assert.equal(one.track, null);
  assert.ok(devices.made.every(({ stopped }) => stopped));
});

test("on, off and on again while the browser still asks is one question and one screen", async () => {
  const { devices, shown, screen: one } = screen();
  const started = one.start();
  one.stop();
  void one.start();
  assert.equal(devices.asked.length, 1);
  devices.answer();
  assert.equal(await started, true);
  await soon();
  assert.deepEqual(shown, devices.made);
  assert.equal(devices.made[0].stopped, false);
});

test("the senders let go of a screen before it ends", async () => {
  const { devices, shown, screen: one } = screen();
  const started = one.start();
  devices.answer();
  await started;
  one.onChange = (track) => shown.push([track, devices.made[0].stopped]);
  one.stop();
  assert.deepEqual(shown.at(-1), [null, false]);
  assert.ok(devices.made[0].stopped);
});

test("a screen ended by the browser's own bar may be shared again", async () => {
  const { devices, shown, screen: one } = screen();
  for (let round = 0; round < 2; round += 1) {
    const started = one.start();
    devices.answer();
    await started;
    devices.made.at(-1).dispatchEvent(new Event("ended"));
    assert.equal(one.wanted, false);
  }
  assert.deepEqual(shown, [devices.made[0], null, devices.made[1], null]);
});

test("twenty wishes at any pace end with the last one", async () => {
  const { devices, screen: one } = screen();
  for (let wish = 0; wish < 21; wish += 1) {
    if (one.wanted) one.stop();
    else void one.start();
    if (wish % 3 === 0 && devices.asked.length > 0) devices.answer();
    if (wish % 4 === 0) await soon();
  }
  while (devices.asked.length > 0) devices.answer();
  await soon();
  assert.ok(one.track && !(/** @type {any} */ (one.track).stopped));
  assert.equal(devices.made.filter(({ stopped }) => !stopped).length, 1);
});
