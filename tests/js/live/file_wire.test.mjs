// A file between two browsers: whole or not at all, over lines that break, from peers that lie.
import assert from "node:assert/strict";
import test from "node:test";
import { digestOf } from "../../../static/js/live/file_rules.js";
import { PIECE_BYTES, Receiving, Sending, parseOffer } from "../../../static/js/live/file_wire.js";

/** Two ends of a data channel that keeps order, queues what is sent and can be cut. */
function line() {
  const make = () => Object.assign(new EventTarget(), { readyState: "open", bufferedAmount: 0, most: 0, sent: 0, other: null, send, close });
  function send(data) {
    assert.equal(this.readyState, "open");
    const size = typeof data === "string" ? data.length : data.byteLength;
    const copy = typeof data === "string" ? data : data.slice().buffer;
    this.bufferedAmount += size;
    this.most = Math.max(this.most, this.bufferedAmount);
    setImmediate(() => {
      this.bufferedAmount -= size;
      if (this.bufferedAmount <= this.bufferedAmountLowThreshold) this.dispatchEvent(new Event("bufferedamountlow"));
      if (this.readyState !== "open") return;
      this.sent += size;
      if (this.cutAfter && this.sent > this.cutAfter) cut();
      else this.other.onmessage?.({ data: copy });
    });
  }
  function close() {
    setImmediate(() => setImmediate(cut));
  }
  const [a, b] = [make(), make()];
  [a.other, b.other] = [b, a];
  function cut() {
    for (const end of [a, b]) {
      if (end.readyState === "closed") continue;
      end.readyState = "closed";
      end.onclose?.();
      end.dispatchEvent(new Event("close"));
    }
  }
  return [a, b];
}

const PDF = new TextEncoder().encode("%PDF-1.7 ");
async function file(size = 300_000) {
  const content = new Uint8Array(size).map((_, index) => (index * 31) % 251);
  content.set(PDF);
  return { content, offer: { id: "f1", name: "a.pdf", size, sha256: await digestOf(content) } };
}
const settle = async (done) => {
  for (let turn = 0; turn < 5000 && !done(); turn += 1) await new Promise((next) => setImmediate(next));
  assert.ok(done(), "it came to an end");
};

function receiver(end, { accept = true } = {}) {
  const state = { phases: [], got: null, it: null };
  end.onmessage = ({ data }) => {
    const { offer, why } = parseOffer(data);
    state.why = why;
    if (!state.it) state.it = new Receiving(offer, ({ phase, why: reason }) => state.phases.push(`${phase}${reason ? `:${reason}` : ""}`), (content) => (state.got = content));
    state.it.attach(end);
    if (accept) state.it.accept();
  };
  return state;
}

test("a file goes across whole, in small pieces and a short queue", async () => {
  const { content, offer } = await file(1_000_000);
  const [a, b] = line();
  const there = receiver(b);
  const said = [];
  const sending = new Sending(offer, content, ({ phase }) => said.push(phase));
  sending.attach(a);
  await settle(() => sending.over);
  assert.equal(sending.phase, "done");
  assert.deepEqual(there.got, content);
  assert.equal(there.phases.at(-1), "done");
  assert.ok(a.most <= 64 * 1024 + PIECE_BYTES, `queued ${a.most}`);
});

test("what a broken line cut off goes on where it stopped", async () => {
  const { content, offer } = await file(400_000);
  const [a, b] = line();
  a.cutAfter = 200_000;
  const there = receiver(b);
  const sending = new Sending(offer, content, () => {});
  sending.attach(a);
  await settle(() => sending.phase === "cut" && there.phases.at(-1) === "cut");
  const had = there.it.bytes;
  assert.ok(had > 100_000);
  const [c, d] = line();
  d.onmessage = ({ data }) => {
    assert.equal(parseOffer(data).offer.id, "f1");
    there.it.attach(d);
    there.it.accept();
  };
  sending.attach(c);
  await settle(() => sending.over && there.it.over);
  assert.equal(sending.phase, "done");
  assert.deepEqual(there.got, content);
  assert.ok(c.sent < 400_000 - had + 2000, "only the rest was sent again");
});

test("changed bytes are refused on both ends", async () => {
  const { content, offer } = await file(20_000);
  const [a, b] = line();
  const there = receiver(b);
  const said = [];
  const sending = new Sending({ ...offer, sha256: "0".repeat(64) }, content, ({ phase, why }) => said.push([phase, why]));
  sending.attach(a);
  await settle(() => sending.over);
  assert.deepEqual(said.at(-1), ["stopped", "broken"]);
  assert.equal(there.got, null);
  assert.equal(there.phases.at(-1), "stopped:broken");
});

test("a program under the name of a PDF is refused on both ends", async () => {
  const content = new Uint8Array(5000).fill(1);
  content.set([0x4d, 0x5a]);
  const offer = { id: "f2", name: "a.pdf", size: 5000, sha256: await digestOf(content) };
  const [a, b] = line();
  const there = receiver(b);
  const said = [];
  const sending = new Sending(offer, content, ({ phase, why }) => said.push([phase, why]));
  sending.attach(a);
  await settle(() => sending.over);
  assert.deepEqual(said.at(-1), ["stopped", "refused_there"]);
  assert.equal(there.phases.at(-1), "stopped:magic");
  assert.equal(there.got, null);
});

test("more bytes than were said are not taken", async () => {
  const { content, offer } = await file(9000);
  const [a, b] = line();
  const there = receiver(b);
  a.onmessage = () => {
    a.send(content);
    a.send(content);
  };
  a.send(JSON.stringify({ do: "offer", ...offer }));
  await settle(() => there.it?.over);
  assert.equal(there.phases.at(-1), "stopped:broken");
});

test("bytes before a yes are not taken", async () => {
  const { content, offer } = await file(9000);
  const [a, b] = line();
  const there = receiver(b, { accept: false });
  a.send(JSON.stringify({ do: "offer", ...offer }));
  a.send(content);
  a.send(JSON.stringify({ do: "end" }));
  await settle(() => a.sent > 9000 && a.bufferedAmount === 0);
  assert.equal(there.it.bytes, 0);
  assert.equal(there.got, null);
});

test("either end may cancel and the other one hears it", async () => {
  for (const who of ["sender", "receiver"]) {
    const { content, offer } = await file(900_000);
    const [a, b] = line();
    const there = receiver(b);
    const said = [];
    const sending = new Sending(offer, content, ({ phase, why }) => said.push(`${phase}:${why}`));
    sending.attach(a);
    await settle(() => there.it?.bytes > 50_000);
    (who === "sender" ? sending : there.it).cancel();
    await settle(() => sending.over && there.it.over);
    assert.equal(said.at(-1), who === "sender" ? "stopped:cancelled" : "stopped:cancelled_there");
    assert.equal(there.phases.at(-1), who === "sender" ? "stopped:cancelled_there" : "stopped:cancelled");
    assert.equal(there.got, null);
  }
});

test("an odd offer is no offer; a harmful one has its reason", () => {
  const good = { do: "offer", id: "f", name: "a.pdf", size: 5, sha256: "a".repeat(64) };
  assert.deepEqual(parseOffer(JSON.stringify(good)), { offer: { id: "f", name: "a.pdf", size: 5, sha256: "a".repeat(64) }, why: "" });
  const odd = [null, 5, "", "no json", "null", "[]", new ArrayBuffer(4), JSON.stringify({ ...good, name: "x".repeat(5000) })];
  for (const change of [{ do: "end" }, { id: "../x" }, { id: "x".repeat(33) }, { sha256: "A".repeat(64) }, { size: "5" }, { size: -1 }, { size: 1.5 }, { name: 5 }]) odd.push(JSON.stringify({ ...good, ...change }));
  for (const data of odd) assert.equal(parseOffer(data), null, String(data).slice(0, 40));
  assert.equal(parseOffer(JSON.stringify({ ...good, name: "a.pdf\u202e.exe" })).why, "file_type");
  assert.equal(parseOffer(JSON.stringify({ ...good, size: 1e12 })).why, "file_size");
});
