// A lesson's log as a reel that runs both ways. No DOM: lines go in, the board at any moment comes out.

import { BoardState, asSeen } from "../live/board_state.js";
import { BOARD, CHAT } from "../live/protocol.js";

/**
 * @typedef {{seq: number, kind: string, side: string, at: number, payload: any}} Entry
 * @typedef {{t: number, kind: string, side: string, page: number, step: number, op?: any, said?: any, line?: import("../live/board_state.js").Line}} Frame
 *   t is milliseconds since the start
 */

export class Reel {
  /** @param {Entry[]} entries in order @param {number} started @param {number} ended milliseconds since 1970 */
  constructor(entries, started, ended) {
    /** @type {Frame[]} */
    this.frames = [];
    this.state = new BoardState();
    /** how many frames are in the state */
    this.at = 0;
    /** @type {(() => void)[][]} what takes each frame back */
    this.backs = [];
    this.drawn = 0;
    let t = 0;
    let page = 0;
    for (const { seq, kind, side, at, payload } of entries) {
      t = Math.max(t, at - started); // who drew before the start drew at the start; time never runs back
      if (kind === BOARD) {
        const op = asSeen(payload);
        if (!op) continue;
        this.drawn += 1;
        page = typeof op.page === "number" ? op.page : page;
        this.frames.push({ t, kind, side, page, step: this.drawn, op, line: { seq, author: side, client_id: String(seq), op } });
      } else if (kind === CHAT) this.frames.push({ t, kind, side, page, step: this.drawn, said: payload });
    }
    this.length = Math.max(1000, t, ended - started);
  }

  /** @returns {Frame[]} what was said, in order */
  get chats() {
    return this.frames.filter(({ kind }) => kind === CHAT);
  }

  /** How many frames have happened by a moment. @param {number} t */
  countAt(t) {
    let [low, high] = [0, this.frames.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.frames[middle].t <= t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Bring the board to a moment. @param {number} t
   * @returns {import("../live/board_state.js").Thing[]|null} what came on top of all before; null when more has changed
   */
  seek(t) {
    const goal = this.countAt(t);
    /** @type {import("../live/board_state.js").Thing[]|null} */
    let added = [];
    while (this.at > goal) {
      this.at -= 1;
      for (const back of this.backs[this.at].reverse()) back();
      this.backs.length = this.at;
      added = null;
    }
    while (this.at < goal) {
      /** @type {(() => void)[]} */
      const back = [];
      const { line } = this.frames[this.at];
      const change = line ? this.state.apply(line, back) : null;
      this.backs[this.at] = back;
      this.at += 1;
      if (change?.added && change.ids.length === 0) added?.push(change.added);
      else if (change && (change.ids.length > 0 || change.page)) added = null;
    }
    return added;
  }

  /** The page on which something happened last. */
  get page() {
    return this.at > 0 ? this.frames[this.at - 1].page : (this.frames[0]?.page ?? 0);
  }

  /** How many drawing steps there were by now. */
  get step() {
    return this.frames[this.at - 1]?.step ?? 0;
  }

  /** The corners of all that was ever on a page, in board units; null for an empty one. @param {number} page */
  bounds(page) {
    /** @type {[number, number, number, number]|null} */
    let box = null;
    const take = (/** @type {number} */ x, /** @type {number} */ y) => {
      box = box ? [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)] : [x, y, x, y];
    };
    for (const { op } of this.frames) {
      if (!op || op.page !== page) continue;
      const { points, box: corners, at, size = 200, text = "" } = op;
      if (points) for (let i = 0; i + 2 < points.length; i += 3) take(points[i], points[i + 1]);
      if (corners) {
        take(corners[0], corners[1]);
        take(corners[2], corners[3]);
      }
      if (at) {
        const rows = String(text).split("\n");
        take(at[0], at[1]);
        take(at[0] + Math.max(...rows.map((row) => row.length)) * size * 0.55, at[1] + rows.length * size * 1.25);
      }
    }
    return box;
  }
}

/** The whole log, page after page. Rejects when one can't be loaded. @param {(since: number) => Promise<any>} ask @returns {Promise<Entry[]>} */
export async function wholeLog(ask) {
  /** @type {Entry[]} */
  const entries = [];
  for (;;) {
    const answer = await ask(entries.at(-1)?.seq ?? 0);
    if (!answer.ok) throw new Error(answer.code ?? "refused");
    entries.push(...answer.entries);
    if (!answer.more || answer.entries.length === 0) return entries;
  }
}
