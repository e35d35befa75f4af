// What a painter beside the page has to know of a square's things, packed so that sending it costs the page little: the codes of ink in
// one text, numbers in lists of numbers, and each thing only once. No DOM.

import { Ink } from "./ink_seen.js";

/** @typedef {import("./board_index.js").Place} Place @typedef {import("./board_state.js").Operation} Operation */
/**
 * @typedef {{codes: string, facts: Int32Array, others: [number, Operation][], list: Float64Array, forget: boolean}} Parcel  codes and facts
 *   (number, color, width, pen): ink that is new to the painter; others: what else is new; list: number, dx and dy of each place in
 *   drawing order; forget: all that was sent before
 * @typedef {{thing: {op: Operation}, shift: readonly [number, number]}} Seen  as much of a place as painting needs
 */

const BETWEEN = ","; // no letter of a code
const PENS = [undefined, "highlighter"];
/** Once it holds so many things, the painter forgets them all: those that are still looked at are sent again. */
export const KNOWN_MOST = 40_000;

export class Packer {
  constructor(most = KNOWN_MOST) {
    this.most = most;
    /** @type {WeakMap<Operation, number>} */
    this.numbers = new WeakMap();
    this.count = 0;
  }

  /** @param {Place[]} places in drawing order @returns {Parcel} */
  pack(places) {
    const forget = this.count + places.length > this.most && this.count > 0;
    if (forget) {
      this.numbers = new WeakMap();
      this.count = 0;
    }
    /** @type {string[]} */
    const codes = [];
    /** @type {number[]} */
    const facts = [];
    /** @type {[number, Operation][]} */
    const others = [];
    const list = new Float64Array(3 * places.length);
    places.forEach((place, index) => {
      const { op } = place.thing;
      let number = this.numbers.get(op);
      if (number === undefined) {
        number = this.count += 1;
        this.numbers.set(op, number);
        const pen = PENS.indexOf(op.pen);
        if (op instanceof Ink && pen >= 0) {
          codes.push(op.code);
          facts.push(number, op.color, op.width, pen);
        } else others.push([number, op]);
      }
      list[3 * index] = number;
      [list[3 * index + 1], list[3 * index + 2]] = place.shift;
    });
    return { codes: codes.join(BETWEEN), facts: Int32Array.from(facts), others, list, forget };
  }
}

export class Unpacker {
  constructor() {
    /** @type {Map<number, Operation>} */
    this.known = new Map();
  }

  /** @param {Parcel} parcel @returns {Seen[]} in drawing order */
  unpack({ codes, facts, others, list, forget }) {
    if (forget) this.known.clear();
    const texts = codes.split(BETWEEN);
    for (let at = 0; at < facts.length; at += 4) {
      const [number, color, width, pen] = facts.subarray(at, at + 4);
      const op = { do: "stroke", color, width, pen: PENS[pen], points: texts[at / 4] };
      this.known.set(number, new Ink(op, [0, 0, 0, 0])); // which things a square shows was asked already
    }
    for (const [number, op] of others) this.known.set(number, op);
    const seen = [];
    for (let at = 0; at < list.length; at += 3) {
      const op = /** @type {Operation} */ (this.known.get(list[at]));
      seen.push({ thing: { op }, shift: /** @type {[number, number]} */ ([list[at + 1], list[at + 2]]) });
    }
    return seen;
  }
}
