// The call's rules: which way is tried next, when something is said, how the voice is packed.
import assert from "node:assert/strict";
import test, { mock } from "node:test";
import { Access } from "../../../static/js/live/access.js";
import { Negotiation } from "../../../static/js/live/negotiation.js";
import { Pulse } from "../../../static/js/live/pulse.js";
import { Recovery, stepAfter } from "../../../static/js/live/recovery.js";
import { Ring } from "../../../static/js/live/ring.js";
import { shapeVoice } from "../../../static/js/live/voice.js";

test("candidates that come before their description wait for it, and those of an ignored offer are dropped", async () => {
  const sdp = (name) => `v=0\r\na=ice-ufrag:${name}\r\n`;
  const taken = [];
  const pc = {
    signalingState: "stable",
    remoteDescription: null,
    setRemoteDescription: async (description) => Object.assign(pc, { remoteDescription: description }),
    setLocalDescription: async () => {},
    async addIceCandidate({ candidate, usernameFragment }) {
      if (!pc.remoteDescription.sdp.includes(usernameFragment)) throw new Error("unknown");
      taken.push(candidate);
    },
  };
  const made = new Negotiation({ pc, polite: false, send: () => {}, onFirstOffer: async () => {} });
  await made.receive({ candidate: { candidate: "a", usernameFragment: "one" } });
  await made.receive({ candidate: { candidate: "b", usernameFragment: "one" } });
  assert.deepEqual(taken, []);
  await made.receive({ description: { type: "offer", sdp: sdp("one") } });
  assert.deepEqual(taken, ["a", "b"]);
  pc.signalingState = "have-local-offer"; // ours stands: theirs is ignored, and so is what belongs to it
  await made.receive({ description: { type: "offer", sdp: sdp("two") } });
  await made.receive({ candidate: { candidate: "c", usernameFragment: "two" } });
  assert.deepEqual([taken, made.early], [["a", "b"], []]);
  made.close();
});

test("ways are tried in order, and round again without giving up", () => {
  const ways = (relayed) => Array.from({ length: 7 }, (_, tried) => stepAfter(tried, relayed)).join(" ");
  assert.equal(ways(true), "restart relay rebuild voice relay rebuild voice");
  assert.equal(ways(false), "restart rebuild voice rebuild voice rebuild voice");
});

/** A recovery under a clock that the test moves. */
function recovery(told = { can: true }) {
  const seen = [];
  const made = new Recovery({
    onState: (state) => seen.push(state),
    take: (step) => seen.push(`try ${step}`),
    hasRelay: () => true,
    canTell: () => told.can,
    polite: () => false,
    greets: () => told.greets ?? false,
  });
  return { made, seen };
}

test("a break that heals within three seconds is not worth a word", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const { made, seen } = recovery();
    made.begin();
    made.feel("connected");
    made.feel("disconnected");
    mock.timers.tick(600);
    made.feel("connected");
    mock.timers.tick(60000);
    assert.deepEqual(seen, ["connecting", "connected"]);
    made.feel("disconnected");
    mock.timers.tick(2900);
    assert.deepEqual(seen.slice(2), ["try restart"], "new candidates are looked for in silence");
    mock.timers.tick(200);
    for (const way of [1200, 5000, 6000]) mock.timers.tick(way);
    assert.deepEqual(seen.slice(3), ["interrupted", "try relay", "failed", "try rebuild", "try voice"]);
    made.feel("connected");
    mock.timers.tick(60000);
    assert.deepEqual(seen.slice(8), ["connected"]);
  } finally {
    mock.timers.reset();
  }
});

test("a connection that stays new for ever is told after twelve seconds and tried again", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const { made, seen } = recovery();
    made.begin();
    mock.timers.tick(12100);
    assert.deepEqual(seen, ["connecting", "failed", "try restart"]);
    made.end();
    mock.timers.tick(60000);
    assert.deepEqual(seen.slice(3), ["idle"]);
  } finally {
    mock.timers.reset();
  }
});

test("a way that is found on a weak line is not left while the two still greet each other over it, but not for ever either", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const { made, seen } = recovery({ can: true, greets: true });
    made.begin();
    for (const way of [12100, 6000, 5000]) mock.timers.tick(way);
    assert.deepEqual(seen, ["connecting"]);
    for (const way of [1000, 6000]) mock.timers.tick(way);
    assert.deepEqual(seen.slice(1), ["failed", "try restart"]);
    made.end();
  } finally {
    mock.timers.reset();
  }
});

test("nothing is torn down while the other can't be told; what waited is tried when signals pass", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const told = { can: false };
    const { made, seen } = recovery(told);
    made.begin();
    made.feel("connected");
    made.feel("failed");
    mock.timers.tick(60000);
    assert.deepEqual(seen.filter((one) => one.startsWith("try")), []);
    told.can = true;
    made.again();
    assert.equal(seen.at(-1), "try restart");
  } finally {
    mock.timers.reset();
  }
});

test("another network is tried at once although the call seems to stand", () => {
  const { made, seen } = recovery();
  made.begin();
  made.feel("connected");
  made.again();
  assert.equal(seen.at(-1), "connected");
  made.again(true);
  assert.equal(seen.at(-1), "try restart");
  made.end();
});

test("credentials are fetched once for those who ask together, and anew when the relay refuses, but not for ever", async () => {
  let asked = 0;
  const access = new Access({
    fetch: async () => ({ ice_servers: [{ urls: ["turn:x"], username: String((asked += 1)) }] }),
    onRenewed: () => {},
    trace: () => {},
  });
  await Promise.all([access.get(), access.get()]);
  await access.get();
  assert.equal(asked, 1);
  assert.ok(access.hasRelay);
  const real = performance.now.bind(performance);
  let later = 0;
  performance.now = () => real() + later;
  try {
    later = 1000;
    assert.ok(access.refused());
    await access.renew();
    assert.ok(!access.refused(), "the urls of one server refuse together");
    later = 2000;
    assert.ok(access.refused());
    later = 3000;
    assert.ok(!access.refused());
    assert.equal(asked, 2);
  } finally {
    performance.now = real;
  }
});

test("a thin voice is packed in sixty milliseconds with silence left out, and the picture's lines stay as they are", () => {
  const sdp = [
    "v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111 9", "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", "a=rtpmap:111 opus/48000/2",
    "a=rtcp-fb:111 transport-cc", "a=fmtp:111 minptime=10;useinbandfec=1", "a=ptime:20",
    "m=video 9 UDP/TLS/RTP/SAVPF 96", "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    "a=rtpmap:96 VP8/90000", "a=rtcp-fb:96 transport-cc", "",
  ].join("\r\n");
  assert.equal(shapeVoice(sdp, "full"), sdp);
  const thin = shapeVoice(sdp, "thin").split("\r\n");
  assert.ok(thin.includes("a=ptime:60") && !thin.includes("a=ptime:20"));
  assert.ok(thin.some((line) => /^a=fmtp:111 .*usedtx=1/.test(line) && /maxaveragebitrate=12000/.test(line)));
  const picture = (/** @type {string[]} */ lines) => lines.findIndex((line) => line.startsWith("m=video"));
  assert.deepEqual(thin.slice(picture(thin)), sdp.split("\r\n").slice(picture(sdp.split("\r\n"))));
  assert.ok(!thin.slice(0, picture(thin)).some((line) => /transport/.test(line)), "the line is not measured with packets of nothing");
  assert.ok(thin.some((line) => line.endsWith("abs-send-time")));
  assert.equal(shapeVoice("v=0\r\nm=audio 9 X 0\r\na=rtpmap:0 PCMU/8000\r\n", "thin"), "v=0\r\nm=audio 9 X 0\r\na=rtpmap:0 PCMU/8000\r\n");
});

test("silence is noticed while the connection says nothing, and its end as well; a busy line is not silent", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  try {
    const seen = [];
    let time = 0;
    let bytes = 0;
    const pulse = new Pulse({
      send: () => {},
      received: async () => bytes,
      onSilent: () => seen.push("silent"),
      onHeard: () => seen.push("heard"),
      now: () => time,
    });
    const pass = async (milliseconds, coming) => {
      for (let i = 0; i < milliseconds; i += 100) {
        time += 100;
        if (coming) bytes += 10;
        mock.timers.tick(100);
        for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      }
    };
    pulse.start();
    await pass(5000, false);
    assert.deepEqual(seen, [], "an older page sends no beats");
    pulse.heard(true);
    await pass(5000, true);
    assert.deepEqual(seen, [], "sound still comes");
    await pass(3000, false);
    assert.deepEqual(seen, ["silent"]);
    pulse.heard(false);
    assert.deepEqual(seen, ["silent", "heard"]);
    time += 60000;
    await pass(800, false);
    assert.deepEqual(seen, ["silent", "heard"], "a page that slept has heard nothing because it did not listen");
    pulse.stop();
  } finally {
    mock.timers.reset();
  }
});

test("the ring keeps each change once, with its age, and gives out only what was not sent", () => {
  let now = 0;
  const ring = new Ring({ now: () => now });
  for (const [kind, value] of [["call", "connecting"], ["path", "relay"], ["call", "connected"], ["path", "relay"], ["try", "restart"], ["try", "restart"]]) {
    ring.add(kind, value);
    now += 10;
  }
  assert.deepEqual(ring.fresh(3), [[60, "call", "connecting"], [50, "path", "relay"], [40, "call", "connected"]]);
  ring.sent(3);
  assert.deepEqual(ring.fresh(9).map(([, kind]) => kind), ["try", "try"]);
  for (let i = 0; i < 500; i += 1) ring.add("call", String(i));
  assert.equal(ring.marks.length, 240);
  assert.equal(ring.fresh(999).at(-1)[2], "499");
});
