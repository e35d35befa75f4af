// What the log means. No DOM: entries go in, the things on the board come out, the same on every screen that read the same log.

import { decodePoints, encodePoints } from "./ink_code.js";

/**
 * @typedef {{do: string, id?: string, page?: number, color?: number, width?: number, points?: number[], kind?: string,
 *   box?: number[], size?: number, at?: number[], text?: string, data?: string, ids?: string[]}} Operation
 * @typedef {{seq: number, author: string, client_id: string, op: Operation, at?: number}} Line  a board line of the log
 * @typedef {{id: string, op: Operation, author: string, seq: number}} Thing  something that can be seen
 */

/** The operation as it goes into the log: ink becomes its short code. @param {Operation} op @returns {object} */
export function asLogged(op) {
  return op.points ? { ...op, points: encodePoints(op.points) } : op;
}

/** @param {any} op as the log has it, ink as a code or (in old lines) as a list @returns {Operation|null} null when it can't be read */
function asSeen(op) {
  if (typeof op.points !== "string") return op;
  const points = decodePoints(op.points);
  return points && { ...op, points };
}

/** The board after some lines. Adding is in log order; a removal may come before its thing and still hides it. */
export class BoardState {
  constructor() {
    /** @type {Map<string, Thing>} in log order, which is drawing order */
    this.things = new Map();
    /** @type {Set<string>} */
    this.hidden = new Set();
    this.pages = 1;
  }

  /** @returns {BoardState} an independent copy; things themselves never change and are shared */
  copy() {
    const copy = new BoardState();
    copy.things = new Map(this.things);
    copy.hidden = new Set(this.hidden);
    copy.pages = this.pages;
    return copy;
  }

  /**
   * Apply one line. @param {Line} line
   * @returns {"added"|"changed"|"none"} whether only one thing was put on top, or more has to be drawn again
   */
  apply({ op, author, seq }) {
    switch (op.do) {
      case "stroke":
      case "shape":
      case "text":
      case "image": {
        const id = /** @type {string} */ (op.id);
        if (this.things.has(id)) return "none"; // an id is written once; a second author can't replace the first one's thing
        const seen = asSeen(op);
        if (!seen) return "none";
        this.things.set(id, { id, op: seen, author, seq });
        this.pages = Math.max(this.pages, (op.page ?? 0) + 1);
        return this.hidden.has(id) ? "none" : "added";
      }
      case "remove":
        for (const id of op.ids ?? []) this.hidden.add(id);
        return "changed";
      case "restore":
        for (const id of op.ids ?? []) this.hidden.delete(id);
        return "changed";
      case "clear":
        for (const thing of this.visible(op.page ?? 0)) this.hidden.add(thing.id);
        return "changed";
      case "page_add":
        this.pages = Math.min(this.pages + 1, 20);
        return "none";
      default:
        return "none"; // written by a newer version of this page
    }
  }

  /** The things to be seen on a page, in drawing order. @param {number} page @returns {Thing[]} */
  visible(page) {
    return [...this.things.values()].filter((thing) => thing.op.page === page && !this.hidden.has(thing.id));
  }

  /** How many things can be seen on all pages. */
  count() {
    let count = 0;
    for (const id of this.things.keys()) if (!this.hidden.has(id)) count += 1;
    return count;
  }

  /** A text that is equal on two screens exactly when their boards are equal. */
  fingerprint() {
    const seen = [...this.things.values()].filter(({ id }) => !this.hidden.has(id)).map(({ id, op }) => [id, op]);
    return JSON.stringify([this.pages, seen]);
  }
}

/**
 * The board a person sees: the confirmed log, and on top of it what this browser has drawn and the server has not confirmed yet.
 */
export class Board {
  constructor() {
    this.confirmed = new BoardState();
    this.view = new BoardState();
    /** @type {Line[]} own lines on their way, in the order they were drawn */
    this.pending = [];
    /** @type {Set<(change: "added"|"changed", thing?: Thing) => void>} */
    this.listeners = new Set();
  }

  /** Hear of changes. @param {(change: "added"|"changed", thing?: Thing) => void} listener */
  onChange(listener) {
    this.listeners.add(listener);
  }

  /** Show an own line at once. @param {Line} line */
  draw(line) {
    this.pending.push(line);
    this.#tell(this.view.apply(line), line);
  }

  /** Take the next line of the log (in order, each once). @param {Line} line */
  confirm(line) {
    const index = this.pending.findIndex((own) => own.client_id === line.client_id && own.author === line.author);
    if (index >= 0) this.pending.splice(index, 1);
    this.confirmed.apply(line);
    if (index === 0) return; // it is in the view already, below everything still pending
    if (this.pending.length === 0 && index < 0) {
      this.#tell(this.view.apply(line), line);
      return;
    }
    this.#rebuild();
  }

  /** Forget an own line that the server refused. @param {string} clientId */
  refuse(clientId) {
    this.pending = this.pending.filter((line) => line.client_id !== clientId);
    this.#rebuild();
  }

  #rebuild() {
    this.view = this.confirmed.copy();
    for (const line of this.pending) this.view.apply(line);
    this.#tell("changed");
  }

  /** @param {"added"|"changed"|"none"} change @param {Line} [line] */
  #tell(change, line) {
    const thing = change === "added" && line?.op.id ? this.view.things.get(line.op.id) : undefined;
    const said = change === "none" ? "changed" : change;
    for (const listener of this.listeners) listener(said, thing);
  }
}
