// Ink as the board holds it: its code, and its points only once somebody looks at them. No DOM.

import { decodePoints, extentOf } from "./ink_code.js";

/** A stroke. It reads like the plain operation of which it was made; `points` is decoded at the first look. */
export class Ink {
  /** @type {number[]|undefined} */
  #points;

  /** @param {any} op with `points` as a code @param {[number, number, number, number]} extent of the code */
  constructor(op, extent) {
    this.do = op.do;
    this.id = op.id;
    this.page = op.page;
    this.color = op.color;
    this.width = op.width;
    if (op.pen !== undefined) this.pen = op.pen;
    this.code = /** @type {string} */ (op.points);
    /** least x, least y, most x, most y of its points, in board units */
    this.extent = extent;
  }

  /** @returns {number[]} x, y, pressure, x, y, pressure ... */
  get points() {
    return (this.#points ??= decodePoints(this.code) ?? []);
  }

  /** @returns {any} the plain operation with its list of points */
  plain() {
    const { code, extent, ...rest } = this;
    return { ...rest, points: this.points };
  }

  toJSON() {
    return this.plain();
  }
}

/** @param {any} op as the log has it @returns {Ink|null} null when its code can't be read */
export function inkOf(op) {
  const extent = extentOf(op.points);
  return extent && new Ink(op, extent);
}
