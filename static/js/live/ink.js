// Ink, cursor and laser in progress: one small message a frame. Volatile: what is lost, the next one or the finished stroke repairs. No DOM.
// The message is a list: [page, kind, code] for a pointer, [page, kind, code, id, color, width, from] for ink (peerlearn/live/ink.py).

import { decodePoints, encodePoints } from "./ink_code.js";
import { INK_KINDS, LIMIT, PALETTE } from "./protocol.js";

/** @typedef {[number, number, string] | [number, number, string, string, number, number, number]} InkMessage */
/** @typedef {{id: string, pen: string, page: number, color: number, width: number, points: number[]}} InkStroke */
/** @typedef {{page: number, kind: number, x: number, y: number, points: number[]}} InkPoint  where the other one is, and the way there */

// Over the socket every seventh frame of a usual screen: each message wakes the server and the other browser, whatever it carries.
const SOCKET_MS = 112;
const CURSOR_MS = 60;
/** The points of the last message go along with the new ones, unless both are more than this: a message stays below 200 bytes or so. */
const REPEATED_NUMBERS = 90;
const MOST_STROKES = 20; // nobody draws with twenty pens
/** A pen or a pointer that rests says its last place again after these times: nothing newer would repair what was lost. */
const REST_MS = [150, 300, 600, 1200];
/** What could not go because the one before it had just gone is tried again so soon. */
const SOON_MS = 40;

/** Gathers new points and sends them: each frame over the data channel, every seventh over the socket. */
export class InkSender {
  /** @param {{direct: (message: InkMessage, last: boolean) => boolean|null, relay: (message: InkMessage) => void, now?: () => number,
   *   later?: (act: () => void, ms: number) => any, forget?: (timer: any) => void}} parts
   *  `direct` returns false when the data channel is not open, and null while more is to be gathered; `last` is the end of a stroke */
  constructor({ direct, relay, now = () => performance.now(), later = (act, ms) => setTimeout(act, ms), forget = (timer) => clearTimeout(timer) }) {
    this.direct = direct;
    this.relay = relay;
    this.now = now;
    this.later = later;
    this.forget = forget;
    /** How many numbers of the stroke are out, and where the last message over the data channel began: what is lost comes with the next. */
    this.sent = 0;
    this.repeated = 0;
    this.last = -Infinity;
    this.pointed = -Infinity;
    /** @type {number[]} the laser's way since the last message */
    this.trail = [];
    this.timer = undefined;
  }

  /** A new stroke begins. */
  begin() {
    this.end();
    this.sent = this.repeated = 0;
    this.last = -Infinity;
  }

  /** The pen is up: the log has the stroke. */
  end() {
    this.forget(this.timer);
  }

  /** The pen goes up: what is left of the stroke goes now, as no later message would bring it. @param {Parameters<InkSender["frame"]>[0]} stroke */
  finish(stroke) {
    this.frame(stroke, true);
    this.end();
  }

  /** Called once per frame with the whole stroke so far. The other one's view of our cursor moves along with it.
   *  @param {{id?: string, page?: number, color?: number, width?: number, points: number[], pen?: string}} stroke @param {boolean} [last] */
  frame(stroke, last = false) {
    const { points } = stroke;
    if (points.length <= this.sent) return;
    const from = points.length - this.repeated <= REPEATED_NUMBERS ? this.repeated : this.sent;
    const to = this.#part(stroke, from, last);
    if (to !== null) {
      this.repeated = this.sent;
      this.sent = to;
    }
    this.#rest(() => {
      if (points.length > this.sent) this.frame(stroke);
      else this.#part(stroke, Math.max(0, this.sent - LIMIT.INK_NUMBERS));
    }, to === null ? SOON_MS : REST_MS[0]);
  }

  /** We point at a place of the board. @param {number} page @param {number} x @param {number} y @param {number} [kind] */
  point(page, x, y, kind = INK_KINDS.CURSOR) {
    const now = this.now();
    if (kind === INK_KINDS.LASER) this.trail.push(x, y, 0);
    else this.trail = [x, y, 0];
    const send = () => this.#send([page, kind, encodePoints((this.trail.length > 0 ? this.trail : [x, y, 0]).slice(-LIMIT.INK_NUMBERS))], false);
    this.#rest(() => {
      if (send()) this.trail = [];
    });
    if (kind !== INK_KINDS.LASER && now - this.pointed < CURSOR_MS) return;
    this.pointed = now;
    if (send()) this.trail = [];
  }

  /** What we say from now on while nothing moves. @param {() => void} say @param {number} [ms] until it is said first */
  #rest(say, ms = REST_MS[0], turn = 0) {
    this.forget(this.timer);
    if (turn === REST_MS.length) return;
    this.timer = this.later(() => {
      this.#rest(say, REST_MS[turn + 1], turn + 1); // before it is said: what then moves anew has a rest of its own
      say();
    }, ms);
  }

  /** @param {Parameters<InkSender["frame"]>[0]} stroke @param {number} from @param {boolean} [last] @returns {number|null} up to where it went out */
  #part({ id = "", page = 0, color = 0, width = 30, points, pen }, from, last = false) {
    const kind = pen === "highlighter" ? INK_KINDS.HIGHLIGHTER : INK_KINDS.PEN;
    const part = points.slice(from, from + LIMIT.INK_NUMBERS);
    return this.#send([page, kind, encodePoints(part), id, color, width, from], last) ? from + part.length : null;
  }

  /** @param {InkMessage} message @param {boolean} last @returns {boolean} whether it went out */
  #send(message, last) {
    const gone = this.direct(message, last);
    if (gone !== false) return gone === true;
    const now = this.now();
    if (now - this.last < SOCKET_MS) return false;
    this.last = now;
    this.relay(message);
    return true;
  }
}

/** The other person's unfinished strokes. */
export class InkReceiver {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    /** @type {Map<string, InkStroke>} */
    this.strokes = new Map();
    /** @type {Set<string>} strokes that are already in the log: late ink of theirs is dropped */
    this.finished = new Set();
  }

  /** @param {unknown} raw a message that another browser made: trusted for nothing
   *  @returns {InkPoint|null} where the other one is now; null for what is no ink */
  take(raw) {
    const ink = checked(raw);
    if (!ink) return null;
    const { page, kind, points, stroke, from } = ink;
    if (stroke && !this.finished.has(stroke.id)) this.#draw(stroke, from);
    const [x, y] = points.slice(-3);
    return { page, kind, x, y, points };
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

  /** @param {InkStroke} stroke @param {number} from */
  #draw(stroke, from) {
    const known = this.strokes.get(stroke.id);
    if (!known) {
      if (this.strokes.size >= MOST_STROKES) return;
      this.strokes.set(stroke.id, stroke);
    } else {
      if (known.points.length + stroke.points.length > LIMIT.STROKE_NUMBERS) return;
      if (from + stroke.points.length < known.points.length) return; // overtaken: the channel keeps no order
      known.points.length = Math.min(known.points.length, from);
      known.points.push(...stroke.points);
    }
    this.onChange();
  }
}

/** @param {any} raw @returns {{page: number, kind: number, points: number[], stroke: InkStroke|null, from: number}|null} */
function checked(raw) {
  const whole = (/** @type {unknown} */ n, /** @type {number} */ low, /** @type {number} */ high) => Number.isInteger(n) && /** @type {number} */ (n) >= low && /** @type {number} */ (n) <= high;
  if (!Array.isArray(raw) || (raw.length !== 3 && raw.length !== 7)) return null;
  const [page, kind, code, id, color, width, from] = raw;
  const points = typeof code === "string" && code.length <= LIMIT.INK_BYTES ? decodePoints(code) : null;
  if (!whole(page, 0, LIMIT.PAGES - 1) || !points || points.length === 0 || points.length > LIMIT.INK_NUMBERS) return null;
  if (!points.every((n) => whole(n, -LIMIT.COORDINATE, LIMIT.COORDINATE))) return null;
  if (raw.length === 3) return kind === INK_KINDS.CURSOR || kind === INK_KINDS.LASER ? { page, kind, points, stroke: null, from: 0 } : null;
  if (kind !== INK_KINDS.PEN && kind !== INK_KINDS.HIGHLIGHTER) return null;
  if (typeof id !== "string" || id.length === 0 || id.length > LIMIT.ID_CHARS) return null;
  if (!whole(color, 0, PALETTE.length - 1) || !whole(width, 1, LIMIT.STROKE_WIDTH) || !whole(from, 0, LIMIT.STROKE_NUMBERS)) return null;
  return { page, kind, points, stroke: { id, pen: kind === INK_KINDS.HIGHLIGHTER ? "highlighter" : "pen", page, color, width, points: [...points] }, from };
}
