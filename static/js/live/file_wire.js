// A file on its way from one browser to the other, over a channel of its own. No DOM. What a broken line cut off goes on
// where it stopped: the receiver keeps what it has under the file's id and asks for the rest.
//
// Sender:   {do: offer, id, name, size, sha256}, then bytes, then {do: end}
// Receiver: {do: accept, from}, {do: refuse, why}, {do: done}        Both: {do: cancel}

import { cleanName, digestOf, magicFits, refusal } from "./file_rules.js";

/**
 * @typedef {"asking"|"going"|"cut"|"done"|"stopped"} Phase
 * @typedef {{phase: Phase, bytes: number, why?: string}} Progress
 * @typedef {{id: string, name: string, size: number, sha256: string}} Offer
 */

// Small pieces and a short queue: ink and cursor share the connection and must never wait long behind a file.
export const PIECE_BYTES = 4096;
const FULL_BYTES = 64 * 1024;
const LOW_BYTES = 16 * 1024;
const CONTROL_CHARS = 4096;
const ID = /^[A-Za-z0-9_-]{1,32}$/;
const DIGEST = /^[0-9a-f]{64}$/;

/** What both ends of a transfer have. */
class Transfer {
  /** @param {Offer} offer @param {(progress: Progress) => void} onProgress */
  constructor(offer, onProgress) {
    this.offer = offer;
    this.onProgress = onProgress;
    /** @type {RTCDataChannel|null} */
    this.channel = null;
    this.phase = /** @type {Phase} */ ("asking");
    this.bytes = 0;
  }

  get over() {
    return this.phase === "done" || this.phase === "stopped";
  }

  /** Take a channel; an older one is let go. @param {RTCDataChannel} channel */
  attach(channel) {
    const before = this.channel;
    this.channel = channel;
    before?.close();
    channel.binaryType = "arraybuffer";
    channel.onmessage = ({ data }) => channel === this.channel && this.#take(data);
    channel.onclose = channel.onerror = () => {
      if (channel !== this.channel) return;
      this.channel = null;
      if (!this.over) this.tell("cut");
    };
  }

  /** Stop it, and tell the other end. */
  cancel() {
    if (this.over) return;
    this.say({ do: "cancel" });
    this.finish("stopped", "cancelled");
  }

  /** @param {object} message */
  say(message) {
    if (this.channel?.readyState === "open") this.channel.send(JSON.stringify(message));
  }

  /** @param {Phase} phase @param {string} [why] */
  tell(phase, why) {
    this.phase = phase;
    this.onProgress({ phase, bytes: this.bytes, why });
  }

  /** @param {Phase} phase @param {string} [why] */
  finish(phase, why) {
    if (this.over) return;
    this.tell(phase, why);
    const channel = this.channel;
    this.channel = null;
    // The last word still has to leave; closing waits for what is queued.
    channel?.close();
  }

  /** @param {unknown} data */
  #take(data) {
    if (this.over) return;
    if (data instanceof ArrayBuffer) return this.piece(new Uint8Array(data));
    if (typeof data !== "string" || data.length > CONTROL_CHARS) return;
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    if (message?.do === "cancel") this.finish("stopped", "cancelled_there");
    else if (message) this.hear(message);
  }

  /** @param {Uint8Array} _bytes */
  piece(_bytes) {}

  /** @param {any} _message */
  hear(_message) {}
}

/** The end that has the file. */
export class Sending extends Transfer {
  /** @param {Offer} offer @param {Uint8Array<ArrayBuffer>} content @param {(progress: Progress) => void} onProgress */
  constructor(offer, content, onProgress) {
    super(offer, onProgress);
    this.content = content;
  }

  /** @param {RTCDataChannel} channel */
  attach(channel) {
    super.attach(channel);
    channel.bufferedAmountLowThreshold = LOW_BYTES;
    const offer = () => {
      if (channel !== this.channel) return;
      this.tell("asking");
      this.say({ do: "offer", ...this.offer });
    };
    if (channel.readyState === "open") offer();
    else channel.onopen = offer;
  }

  /** @param {any} message */
  hear(message) {
    if (message.do === "accept" && Number.isInteger(message.from) && message.from >= 0 && message.from <= this.content.length) {
      void this.#pump(message.from);
    } else if (message.do === "done") {
      this.bytes = this.content.length;
      this.finish("done");
    } else if (message.do === "refuse") {
      this.finish("stopped", ["declined", "broken"].includes(message.why) ? message.why : "refused_there");
    }
  }

  /** @param {number} from */
  async #pump(from) {
    const channel = this.channel;
    for (let at = from; at < this.content.length; ) {
      if (channel !== this.channel || channel?.readyState !== "open") return;
      if (channel.bufferedAmount >= FULL_BYTES) {
        await new Promise((room) => {
          channel.addEventListener("bufferedamountlow", room, { once: true });
          channel.addEventListener("close", room, { once: true });
        });
        continue;
      }
      const end = Math.min(at + PIECE_BYTES, this.content.length);
      channel.send(this.content.subarray(at, end));
      at = end;
      this.bytes = Math.max(0, at - channel.bufferedAmount);
      this.tell("going");
    }
    this.say({ do: "end" });
  }
}

/** The end that gets the file. Trusts nothing that it is told. */
export class Receiving extends Transfer {
  /** @param {Offer} offer @param {(progress: Progress) => void} onProgress @param {(content: Uint8Array<ArrayBuffer>) => void} onWhole */
  constructor(offer, onProgress, onWhole) {
    super(offer, onProgress);
    this.content = new Uint8Array(offer.size);
    this.onWhole = onWhole;
    this.accepted = false;
  }

  /** Let it come, from where it stopped. */
  accept() {
    this.accepted = true;
    this.tell("going");
    this.say({ do: "accept", from: this.bytes });
  }

  /** @param {string} why told to the other end @param {string} [said] told here */
  refuse(why, said = why) {
    this.say({ do: "refuse", why });
    this.finish("stopped", said);
  }

  /** @param {Uint8Array} bytes */
  piece(bytes) {
    if (!this.accepted) return;
    if (this.bytes + bytes.length > this.offer.size) {
      this.refuse("broken");
      return;
    }
    this.content.set(bytes, this.bytes);
    this.bytes += bytes.length;
    this.tell("going");
  }

  /** @param {any} message */
  hear(message) {
    if (message.do === "end" && this.accepted) void this.#check();
  }

  async #check() {
    if (this.bytes !== this.offer.size || (await digestOf(this.content)) !== this.offer.sha256) {
      this.refuse("broken");
    } else if (!magicFits(this.offer.name, this.content)) {
      this.refuse("magic");
    } else if (!this.over) {
      this.onWhole(this.content);
      this.say({ do: "done" });
      this.finish("done");
    }
  }
}

/**
 * What another browser offers: a clean offer, or why not. @param {unknown} data the first message of a channel
 * @returns {{offer: Offer, why: ""|"file_type"|"file_size"|"file_empty"}|null} null when it is no offer at all
 */
export function parseOffer(data) {
  if (typeof data !== "string" || data.length > CONTROL_CHARS) return null;
  let raw;
  try {
    raw = JSON.parse(data);
  } catch {
    return null;
  }
  if (raw?.do !== "offer" || !ID.test(raw.id) || !DIGEST.test(raw.sha256)) return null;
  if (typeof raw.name !== "string" || !Number.isInteger(raw.size) || raw.size < 0) return null;
  const offer = { id: raw.id, name: cleanName(raw.name), size: raw.size, sha256: raw.sha256 };
  return { offer, why: refusal(offer) };
}
