// Before and around the call: the line doctor's verdict, help with devices, hints about silence, offers of time, captions.
import assert from "node:assert/strict";
import test from "node:test";
import { Ear, readCaption } from "../../../static/js/live/captions.js";
import { isGood, judgeWays, relaysOver } from "../../../static/js/live/line_doctor.js";
import { browserOf, troubleKey } from "../../../static/js/live/media_help.js";
import { cardOf } from "../../../static/js/live/offer.js";
import { SoundHints } from "../../../static/js/live/sound_hints.js";

const open = { open: true, roundTripMs: 20, kbps: 4000 };
const shut = { open: false, roundTripMs: null, kbps: null };
const found = (more) => ({ online: true, hasRelay: true, direct: true, udp: open, tcp: open, socketMs: 9, ...more });

test("the doctor's verdict follows from what got through", () => {
  assert.equal(judgeWays(found({})), "direct");
  assert.equal(judgeWays(found({ direct: false })), "relay");
  assert.equal(judgeWays(found({ direct: false, udp: shut })), "tcp");
  assert.equal(judgeWays(found({ udp: shut, tcp: shut })), "no_relay");
  assert.equal(judgeWays(found({ direct: false, udp: shut, tcp: shut })), "none");
  assert.equal(judgeWays(found({ hasRelay: false, udp: shut, tcp: shut })), "alone");
  assert.equal(judgeWays(found({ online: false })), "offline");
  assert.deepEqual(["direct", "tcp", "no_relay", "none", "offline"].map(isGood), [true, true, false, false, false]);
});

test("the relay's addresses are tried by transport, and STUN by neither", () => {
  const servers = [{ urls: "stun:a:1" }, { urls: ["turn:a:1", "turn:a:1?transport=tcp", "turns:a:2"], username: "u", credential: "c" }];
  assert.deepEqual(relaysOver(servers, "udp"), [{ urls: ["turn:a:1"], username: "u", credential: "c" }]);
  assert.deepEqual(relaysOver(servers, "tcp")[0].urls, ["turn:a:1?transport=tcp", "turns:a:2"]);
  assert.deepEqual(relaysOver([{ urls: "stun:a:1" }], "udp"), []);
});

test("a missing camera is another sentence than a missing everything, and each browser has its own help", () => {
  assert.equal(troubleKey("media_denied", "none"), "media_denied");
  assert.equal(troubleKey("media_denied", "audio"), "camera_denied");
  assert.equal(troubleKey("media_missing", "video"), "microphone_missing");
  assert.equal(troubleKey("media_insecure", "none"), "media_insecure");
  const agents = {
    ios: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1",
    android: "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
    samsung: "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 SamsungBrowser/23.0 Chrome/115.0 Mobile Safari/537.36",
    firefox: "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    edge: "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0",
    chrome: "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36",
    safari: "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15",
  };
  for (const [name, agent] of Object.entries(agents)) assert.equal(browserOf(agent), name);
});

test("silence is told within two seconds, once, and speaking while muted at once", () => {
  const said = [];
  let time = 0;
  const hints = new SoundHints({ say: (key) => said.push([key, time]), now: () => time });
  for (let tick = 0; tick < 60; tick += 1) {
    time += 100;
    hints.tick({ own: tick >= 10, other: tick >= 20 && tick < 30 });
  }
  assert.deepEqual(said, [["silent_microphone", 2800]]);
  hints.mutedSpeech();
  hints.mutedSpeech();
  assert.equal(said.filter(([key]) => key === "muted_hint").length, 1);
});

test("each side sees its own card of an offer", () => {
  const offer = { id: "x", state: "offered", minutes: 15, price_paise: 15000, price: "₹150", asked_by: "learner", until: 0 };
  assert.deepEqual(["learner", "mentor"].map((side) => cardOf(offer, side)), ["asking", "asked"]);
  const agreed = { ...offer, state: "agreed" };
  assert.deepEqual(["learner", "mentor"].map((side) => cardOf(agreed, side)), ["pay", "paying"]);
  assert.equal(cardOf({ ...offer, state: "added" }, "mentor"), "added");
  assert.equal(cardOf(null, "mentor"), "none");
});

test("captions listen only while wanted and not muted, go on after a pause, and send short text seldom", async () => {
  const ears = [];
  class Recognition {
    constructor() {
      ears.push(this);
      this.state = "new";
    }
    start() {
      this.state = "on";
    }
    abort() {
      this.state = "off";
      this.onend?.();
    }
  }
  const sent = [];
  let refused = 0;
  const ear = new Ear({ lang: "en-IN", send: (caption) => sent.push(caption), onRefused: () => (refused += 1), Recognition });
  const hear = (text, isFinal) => ears.at(-1).onresult({ resultIndex: 0, results: [Object.assign([{ transcript: text }], { isFinal })] });
  ear.set({ muted: true });
  ear.set({ wanted: true });
  assert.equal(ears.length, 0);
  ear.set({ muted: false });
  assert.equal(ears[0].state, "on");
  hear("so the", false);
  hear("so the area", false);
  hear(`so the area is ${"x".repeat(900)}`, true);
  hear("next", true);
  assert.deepEqual(sent.map(({ line, final }) => [line, final]), [[0, false], [0, true], [1, true]]);
  assert.equal(sent[1].text.length, 200);
  ears[0].onend();
  while (ears.length < 2) await new Promise((done) => setTimeout(done, 5));
  ear.set({ muted: true });
  assert.equal(ears[1].state, "off");
  await new Promise((done) => setTimeout(done, 450));
  assert.equal(ears.length, 2);
  ear.set({ muted: false });
  ears[2].onerror({ error: "not-allowed" });
  assert.deepEqual([refused, ears[2].state], [1, "off"]);
});

test("a caption from the other page is text of a bounded length or nothing", () => {
  assert.equal(readCaption({ line: "1", text: "a" }), null);
  assert.equal(readCaption({ line: 1, text: ["a"] }), null);
  assert.equal(readCaption(null), null);
  assert.equal(readCaption({ line: 1, text: "y".repeat(999), final: 1 }).text.length, 200);
});
