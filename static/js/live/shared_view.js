// Looking at the same place: come to my view, stay with me, go to where you are. No DOM.

import { LIMIT } from "./protocol.js";

/**
 * @typedef {{page: number, box: number[]}} Look  the part of a page that is seen: left, top, right, bottom in board units
 * @typedef {{page: number, box: number[], lead: number}} LookMessage  lead: 0 where I am, 1 come here once, 2 stay with me
 */

const SEND_MS = 120;
const HERE = 0;
const COME = 1;
const STAY = 2;

export class SharedView {
  /**
   * @param {{send: (message: LookMessage) => void, go: (look: Look) => void, onChange: () => void,
   *   onBrought: () => void, now?: () => number, later?: (what: () => void, ms: number) => void}} parts
   * `go` moves our view; `onBrought` hears that the other one has moved it; `onChange` that following or leading has changed
   */
  constructor({ send, go, onChange, onBrought, now = () => performance.now(), later = (what, ms) => setTimeout(what, ms) }) {
    this.send = send;
    this.go = go;
    this.onChange = onChange;
    this.onBrought = onBrought;
    this.now = now;
    this.later = later;
    /** @type {Look|null} where the other one is */
    this.theirs = null;
    /** @type {Look|null} where we are */
    this.ours = null;
    this.leading = false;
    /** we keep to the other one's view: by our own wish, or because they lead */
    this.following = false;
    this.led = false;
    /** we have stopped following while they lead: they have to begin anew */
    this.declined = false;
    this.sentAt = -Infinity;
    this.planned = false;
  }

  /** Our view has changed. @param {Look} look @param {boolean} byHand whether we moved it ourselves */
  moved(look, byHand) {
    this.ours = look;
    if (byHand && this.following) this.stop();
    // A view that only follows is no news: two who follow each other would push each other about.
    if (!this.following) this.#plan();
  }

  /** Bring the other one here, once. */
  bring() {
    if (this.ours) this.send({ ...this.ours, lead: COME });
  }

  /** Take the other one along from now on, or let go. @param {boolean} on */
  lead(on) {
    this.leading = on;
    if (on && this.following) this.stop();
    this.#tell();
    this.onChange();
  }

  /** Keep to the other one's view. */
  follow() {
    this.following = true;
    this.leading = false;
    if (this.theirs) this.go(this.theirs);
    this.onChange();
  }

  /** Go to where the other one is, once. */
  visit() {
    if (this.theirs) this.go(this.theirs);
  }

  /** Stay here from now on. */
  stop() {
    this.declined = this.led;
    this.following = this.led = false;
    this.onChange();
  }

  /** Say where we are, to someone who has just come. */
  greet() {
    this.#tell();
  }

  /** The other one has gone. */
  forget() {
    this.theirs = null;
    this.following = this.led = this.declined = false;
    this.onChange();
  }

  /** A message of another browser: trusted for nothing. @param {any} raw @param {number} pages how many there are */
  hear(raw, pages) {
    const message = checked(raw);
    if (!message || message.page >= pages) return;
    const { lead, page, box } = message;
    this.theirs = { page, box };
    if (lead === STAY && !this.led && !this.declined) {
      this.led = this.following = true;
      this.leading = false;
      this.onBrought();
    } else if (lead !== STAY && (this.led || this.declined)) {
      if (this.led) this.following = false;
      this.led = this.declined = false;
    }
    if (lead === COME) {
      this.go(this.theirs);
      this.onBrought();
    } else if (this.following) this.go(this.theirs);
    this.onChange();
  }

  #plan() {
    const wait = this.sentAt + SEND_MS - this.now();
    if (wait <= 0) {
      this.#tell();
      return;
    }
    if (this.planned) return;
    this.planned = true;
    this.later(() => {
      this.planned = false;
      this.#tell();
    }, wait);
  }

  #tell() {
    if (!this.ours) return;
    this.sentAt = this.now();
    this.send({ ...this.ours, lead: this.leading ? STAY : HERE });
  }
}

/** @param {any} raw @returns {LookMessage|null} */
function checked(raw) {
  if (typeof raw !== "object" || raw === null || !Array.isArray(raw.box) || raw.box.length !== 4) return null;
  const [left, top, right, bottom] = raw.box;
  const far = LIMIT.COORDINATE * 2;
  if (!raw.box.every((/** @type {unknown} */ n) => Number.isInteger(n) && Math.abs(/** @type {number} */ (n)) <= far)) return null;
  if (left >= right || top >= bottom || !Number.isInteger(raw.page) || raw.page < 0 || raw.page >= LIMIT.PAGES) return null;
  return [HERE, COME, STAY].includes(raw.lead) ? { page: raw.page, box: raw.box, lead: raw.lead } : null;
}
