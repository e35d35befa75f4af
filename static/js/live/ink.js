// Ink in progress: a few new points in one small message. Volatile: what is lost, the finished stroke repairs. No DOM.

import { LIMIT } from "./protocol.js";

/** @typedef {{id: string, page: number, color: number, width: number, from: number, points: number[]}} InkMessage */

const SOCKET_MS = 50;

/** Gathers the points of the own stroke and sends them: each frame over the data channel, 20 times a second over the socket. */
export class InkSender {
  /** @param {{direct: (message: InkMessage) => boolean, relay: (message: InkMessage) => void, now?: () => number}} parts
   *  `direct` returns false when the data channel is not open */
  constructor({ direct, relay, now = () => performance.now() }) {
    this.direct = direct;
    this.relay = relay;
    this.now = now;
    this.sent = 0;
    this.last = -Infinity;
  }

  /** A new stroke begins. */
  begin() {
    this.sent = 0;
    this.last = -Infinity;
  }

  /** Called once per frame with the whole stroke so far.
   *  @param {{id: string, page: number, color: number, width: number, points: number[]}} stroke */
  frame(stroke) {
    const fresh = stroke.points.slice(this.sent, this.sent + LIMIT.INK_NUMBERS);
    if (fresh.length === 0) return;
    const message = { id: stroke.id, page: stroke.page, color: stroke.color, width: stroke.width, from: this.sent, points: fresh };
    if (!this.direct(message)) {
      const now = this.now();
      if (now - this.last < SOCKET_MS) return;
      this.last = now;
      this.relay(message);
    }
    this.sent += fresh.length;
  }
}

/** The other person's unfinished strokes. */
export class InkReceiver {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    /** @type {Map<string, InkMessage>} */
    this.strokes = new Map();
    /** @type {Set<string>} strokes that are already in the log: late ink of theirs is dropped */
    this.finished = new Set();
  }

  /** @param {unknown} raw a message that another browser made: trusted for nothing */
  take(raw) {
    const ink = checked(raw);
    if (!ink || this.finished.has(ink.id)) return;
    const known = this.strokes.get(ink.id);
    if (!known) {
      if (this.strokes.size >= 20) return; // nobody draws with twenty pens
      this.strokes.set(ink.id, { ...ink, points: [...ink.points] });
    } else {
      if (known.points.length + ink.points.length > LIMIT.STROKE_NUMBERS) return;
      known.points.length = Math.min(known.points.length, ink.from);
      known.points.push(...ink.points);
    }
    this.onChange();
  }

  /** The stroke has come in the log. @param {string} id */
  finish(id) {
    this.finished.add(id);
    if (this.strokes.delete(id)) this.onChange();
  }

  clear() {
    this.strokes.clear();
    this.onChange();
  }
}

/** @param {any} raw @returns {InkMessage|null} */
function checked(raw) {
  const whole = (/** @type {unknown} */ n, /** @type {number} */ low, /** @type {number} */ high) => Number.isInteger(n) && /** @type {number} */ (n) >= low && /** @type {number} */ (n) <= high;
  if (typeof raw !== "object" || raw === null || typeof raw.id !== "string" || raw.id.length > LIMIT.ID_CHARS) return null;
  if (!whole(raw.page, 0, LIMIT.PAGES - 1) || !whole(raw.color, 0, 5) || !whole(raw.width, 1, LIMIT.STROKE_WIDTH)) return null;
  if (!whole(raw.from, 0, LIMIT.STROKE_NUMBERS) || !Array.isArray(raw.points) || raw.points.length > LIMIT.INK_NUMBERS) return null;
  if (raw.points.length % 3 !== 0 || !raw.points.every((/** @type {unknown} */ n) => whole(n, -LIMIT.COORDINATE, LIMIT.COORDINATE))) return null;
  return raw;
}
