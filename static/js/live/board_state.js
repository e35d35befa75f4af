// What the log means. No DOM: entries go in, the things on the board come out, the same on every screen that read the same log.

import { encodePoints } from "./ink_code.js";
import { Ink, inkOf } from "./ink_seen.js";
import { traced } from "./ink_trace.js";
import { LIMIT } from "./protocol.js";

/**
 * @typedef {{do: string, id?: string, page?: number, color?: number, width?: number, points?: number[], pen?: string, kind?: string,
 *   box?: number[], size?: number, at?: number[], text?: string, data?: string, ids?: string[], dx?: number, dy?: number,
 *   style?: string, mark?: string, on?: boolean, code?: string, extent?: number[]}} Operation  code and extent: see ink_seen.js
 * @typedef {{seq: number, author: string, client_id: string, op: Operation, at?: number}} Line  a board line of the log
 * @typedef {{id: string, op: Operation, author: string, seq: number, at: number}} Thing  something that can be seen; at: its
 *   place in the drawing order
 * @typedef {{added?: Thing, ids: string[], page?: boolean}} Change  ids: things to look at anew; page: pages or papers changed
 */

// Halves of characters and control characters: the server drops them, so they are dropped before they are shown.
const UNSEEN = /[\x00-\x08\x0b-\x1f\x7f\x85]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
/** @type {readonly [number, number]} */
const HERE = [0, 0];

/** The operation as it goes into the log: ink is thinned and becomes its short code.
 *  @param {Operation} op @param {number} [zoom] of the screen it was drawn on @returns {any} */
export function asLogged(op, zoom = 1) {
  if (op.points) return { ...op, points: encodePoints(traced(op.points, zoom)) };
  return typeof op.text === "string" ? { ...op, text: op.text.replace(UNSEEN, "").trim() } : op;
}

/** @param {any} op as the log has it, ink as a code or (in old lines) as a list @returns {Operation|null} null when it can't be read */
export function asSeen(op) {
  return op instanceof Ink || typeof op.points !== "string" ? op : inkOf(op);
}

/**
 * The board after some lines. Adding is in log order. A removal or a move may come before its thing and counts all the same.
 * A thing is hidden while anybody's removal of it stands: undoing one's own removal never brings back what the other removed.
 */
export class BoardState {
  constructor() {
    /** @type {Map<string, Thing>} in log order, which is drawing order */
    this.things = new Map();
    /** @type {Map<string, readonly string[]>} who removed it */
    this.removers = new Map();
    /** @type {Map<string, readonly [number, number]>} how far it was moved */
    this.shifts = new Map();
    /** @type {Map<string, readonly string[]>} what each clearing took away, by author and mark */
    this.cleared = new Map();
    /** @type {Map<number, string>} the paper of each page that has another one than plain */
    this.papers = new Map();
    this.pages = 1;
    this.locked = false;
    this.shown = 0;
    this.turns = 0;
  }

  /** @returns {BoardState} an independent copy; things themselves never change and are shared */
  copy() {
    const copy = new BoardState();
    for (const name of /** @type {const} */ (["things", "removers", "shifts", "cleared", "papers"])) {
      /** @type {any} */ (copy)[name] = new Map(/** @type {any} */ (this[name]));
    }
    return Object.assign(copy, { pages: this.pages, locked: this.locked, shown: this.shown, turns: this.turns });
  }

  /**
   * Apply one line. @param {Line} line @param {(() => void)[]} [back] gets what takes the line back, to be called last first
   * @returns {Change|null} null when nothing changed
   */
  apply({ op, author, seq }, back) {
    switch (op.do) {
      case "stroke":
      case "shape":
      case "text":
      case "image":
        return this.#add(op, author, seq, back);
      case "remove":
        return this.#each(op.ids ?? [], (id) => this.#hide(id, author, back));
      case "restore":
        return this.#each(op.mark ? (this.cleared.get(author + op.mark) ?? []) : (op.ids ?? []), (id) => this.#show(id, author, back));
      case "move":
        return this.#each(op.ids ?? [], (id) => {
          const [x, y] = this.shift(id);
          this.#put(this.shifts, id, /** @type {[number, number]} */ ([x + (op.dx ?? 0), y + (op.dy ?? 0)]), back);
        });
      case "clear": {
        const ids = this.visible(op.page ?? 0).map(({ id }) => id);
        if (op.mark) this.#put(this.cleared, author + op.mark, ids, back);
        return this.#each(ids, (id) => this.#hide(id, author, back));
      }
      case "edit": {
        const thing = this.things.get(op.id ?? "");
        if (thing?.op.do !== "text") return null;
        this.#put(this.things, thing.id, { ...thing, op: { ...thing.op, text: op.text } }, back);
        return { ids: [thing.id] };
      }
      case "page_add":
        this.#setPages(Math.min(this.pages + 1, LIMIT.PAGES), back);
        return { ids: [], page: true };
      case "page_style":
        this.#put(this.papers, op.page ?? 0, op.style ?? "plain", back);
        return { ids: [], page: true };
      case "lock": {
        const before = this.locked;
        back?.push(() => (this.locked = before));
        this.locked = op.on === true;
        return { ids: [] };
      }
      default:
        return null; // written by a newer version of this page
    }
  }

  /** @param {string} id */
  isVisible(id) {
    return this.things.has(id) && !this.removers.has(id);
  }

  /** How far a thing was moved from where it was drawn, in board units. @param {string} id */
  shift(id) {
    return this.shifts.get(id) ?? HERE;
  }

  /** "plain", "grid", "graph" or "number_line". @param {number} page */
  paper(page) {
    return this.papers.get(page) ?? "plain";
  }

  /** The things to be seen on a page, in drawing order. @param {number} page @returns {Thing[]} */
  visible(page) {
    const seen = [];
    for (const thing of this.things.values()) if (thing.op.page === page && !this.removers.has(thing.id)) seen.push(thing);
    return seen;
  }

  /** How many things can be seen on all pages. */
  count() {
    return this.shown;
  }

  /** A text that is equal on two screens exactly when their boards are equal. */
  fingerprint() {
    const seen = [...this.things.values()].filter(({ id }) => this.isVisible(id)).map(({ id, op }) => [id, op, this.shift(id)]);
    return JSON.stringify([this.pages, [...this.papers].sort(), this.locked, seen]);
  }

  /** @param {any} op @param {string} author @param {number} seq @param {(() => void)[]} [back] @returns {Change|null} */
  #add(op, author, seq, back) {
    if (this.things.has(op.id)) return null; // an id is written once; a second author can't replace the first one's thing
    const seen = asSeen(op);
    if (!seen) return null;
    const thing = { id: op.id, op: seen, author, seq, at: ++this.turns };
    const pages = this.pages;
    this.#put(this.things, op.id, thing, back);
    this.#setPages(Math.max(this.pages, (op.page ?? 0) + 1), back);
    if (this.removers.has(op.id)) return { ids: [], page: pages !== this.pages };
    this.#count(1, back);
    return { added: thing, ids: [], page: pages !== this.pages };
  }

  /** @param {readonly string[]} ids @param {(id: string) => void} does @returns {Change} */
  #each(ids, does) {
    ids.forEach(does);
    return { ids: [...ids] };
  }

  /** @param {string} id @param {string} author @param {(() => void)[]} [back] */
  #hide(id, author, back) {
    const who = this.removers.get(id) ?? [];
    if (who.includes(author)) return;
    if (this.isVisible(id)) this.#count(-1, back);
    this.#put(this.removers, id, [...who, author], back);
  }

  /** @param {string} id @param {string} author @param {(() => void)[]} [back] */
  #show(id, author, back) {
    const who = this.removers.get(id);
    if (!who?.includes(author)) return;
    const left = who.filter((one) => one !== author);
    this.#put(this.removers, id, left.length > 0 ? left : undefined, back);
    if (this.isVisible(id)) this.#count(1, back);
  }

  /** @param {number} step @param {(() => void)[]} [back] */
  #count(step, back) {
    this.shown += step;
    back?.push(() => (this.shown -= step));
  }

  /** @param {number} pages @param {(() => void)[]} [back] */
  #setPages(pages, back) {
    const before = this.pages;
    this.pages = pages;
    back?.push(() => (this.pages = before));
  }

  /**
   * Set or (with undefined) delete. A key that was there keeps its place. @template K, V
   * @param {Map<K, V>} map @param {K} key @param {V|undefined} value @param {(() => void)[]} [back]
   */
  #put(map, key, value, back) {
    if (back) {
      const before = map.get(key);
      back.push(() => this.#put(map, key, before));
    }
    if (value === undefined) map.delete(key);
    else map.set(key, value);
  }
}
