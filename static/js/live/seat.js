// Our seat in the room, over reconnects: joins again by itself, asks before it takes the call from another tab. No DOM.

import { newId } from "./ids.js";
import { Refused, ask, lineIsUp, on, tell, watchLine } from "./line.js";
import { ASK, TELL } from "./protocol.js";
import { tabName } from "./tab_name.js";

const RETRY_MS = 1500;
const MISSED_MS = 500;

/** @typedef {{epoch: number, polite: boolean, side: string, peer: {epoch: number}|null, seq: number, server: number}} Joined */
/**
 * `asked` and `heard`: when the seat was asked for and when the answer came, by performance.now()
 * @typedef {{onJoined: (joined: Joined, asked: number, heard: number) => void, onLine: (up: boolean) => void,
 *   onTaken: (take: () => void, why: string) => void, onMoved: () => void, onClosed: (code: string) => void}} Sitter
 */

export class Seat {
  /** Takes the seat as soon as the line is up. @param {{session: string}} parts */
  constructor({ session }) {
    this.session = session;
    /** @type {Sitter|null} who hears of this seat */
    this.sitter = null;
    /** @type {((sitter: Sitter) => void)[]} what has happened before somebody heard of it */
    this.untold = [];
    this.page = newId();
    /** @type {Promise<string>} */
    this.tab = tabName(session);
    this.epoch = 0;
    this.up = false;
    this.left = false;
    on(TELL.SEAT_MOVED, ({ epoch }) => {
      if (epoch === this.epoch || this.left) return;
      this.left = true;
      this.#setUp(false);
      // The new page may be on another server process; this one keeps the old seat until it is told.
      void ask(ASK.ROOM_LEAVE, { session: this.session }, 1500).catch(() => {});
      this.#say((sitter) => sitter.onMoved());
    });
    // The server could not hear the others for a while. Sitting down again tells both sides what they missed; not all at once.
    on(TELL.NEWS_MISSED, () => setTimeout(() => this.up && void this.join(), Math.random() * MISSED_MS));
    void watchLine({ up: () => void this.join(), down: () => this.#setUp(false) });
  }

  /** Hear of the seat from now on, and of what has happened already. @param {Sitter} sitter */
  attend(sitter) {
    this.sitter = sitter;
    for (const happened of this.untold.splice(0)) happened(sitter);
  }

  /** Sit down; again after each reconnect. @param {boolean} [move] take the call from another tab */
  async join(move = false) {
    if (this.left) return;
    try {
      const tab = await this.tab;
      const asked = performance.now();
      const joined = /** @type {any} */ (await ask(ASK.ROOM_JOIN, { session: this.session, page: this.page, tab, move }));
      this.epoch = joined.epoch;
      this.#setUp(true);
      const heard = performance.now();
      this.#say((sitter) => sitter.onJoined(joined, asked, heard));
    } catch (error) {
      if (!(error instanceof Refused)) {
        if (await lineIsUp()) setTimeout(() => void this.join(move), RETRY_MS);
      } else if (error.code === "seat_taken") {
        this.#say((sitter) => sitter.onTaken(() => void this.join(true), error.message));
      } else if (error.code === "too_fast" || error.code === "broken") {
        setTimeout(() => void this.join(move), RETRY_MS);
      } else {
        this.left = true;
        const { code } = error;
        this.#say((sitter) => sitter.onClosed(code));
      }
    }
  }

  /** Ask with the session filled in. @param {string} event @param {object} [data] */
  async ask(event, data = {}) {
    if (!this.up) throw new Error("offline");
    try {
      return await ask(event, { session: this.session, ...data });
    } catch (error) {
      // The server restarted, or this seat was lost: sit down again and let the caller repeat.
      if (error instanceof Refused && error.code === "not_seated") void this.join();
      throw error;
    }
  }

  /** Throw something that may be lost. @param {string} event @param {object} data */
  throw(event, data) {
    if (this.up) tell(event, { session: this.session, ...data });
  }

  /** Throw ink, a cursor or a laser point: the seat is known, so no room is named. @param {unknown[]} message */
  throwInk(message) {
    if (this.up) tell(ASK.INK, message);
  }

  /** Stand up on purpose. */
  async leave() {
    this.left = true;
    try {
      if (this.up) await ask(ASK.ROOM_LEAVE, { session: this.session }, 1500);
    } catch {
      // The seat is given up when the page closes in any case.
    }
  }

  /** @param {boolean} up */
  #setUp(up) {
    if (this.up === up) return;
    this.up = up;
    this.#say((sitter) => sitter.onLine(up));
  }

  /** @param {(sitter: Sitter) => void} happened */
  #say(happened) {
    if (this.sitter) happened(this.sitter);
    else this.untold.push(happened);
  }
}
