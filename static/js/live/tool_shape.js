// Lines, arrows, rectangles and ellipses, from one corner to the other.

import { newId } from "./ids.js";

/** @typedef {import("./board_hand.js").Bench} Bench @typedef {import("./board_state.js").Operation} Operation */
/** @typedef {import("./board_pointer.js").Spot} Spot */

const SMALLEST = 40; // a tap is no shape

export class ShapeTool {
  /** @param {Bench} bench */
  constructor(bench) {
    this.bench = bench;
    /** @type {Operation|null} */
    this.shape = null;
    this.straight = false;
  }

  /** @returns {import("./board_hand.js").Unfinished[]} */
  get current() {
    return this.shape ? [{ op: this.shape }] : [];
  }

  /** @param {Spot} spot @param {import("./board_pointer.js").How} how with Shift a square, a circle, a straight line */
  begin(spot, how) {
    const [x, y] = this.bench.place(spot);
    const { color, width, shape } = this.bench.style;
    this.straight = how.more;
    this.shape = { do: "shape", id: newId(), page: this.bench.view.page, color, width, kind: shape, box: [x, y, x, y] };
  }

  /** @param {Spot[]} spots */
  move(spots) {
    const spot = spots.at(-1);
    if (!this.shape?.box || !spot) return;
    const [ax, ay] = this.shape.box;
    const [bx, by] = this.bench.place(spot);
    this.shape = { ...this.shape, box: this.straight ? straightened(ax, ay, bx, by, this.shape.kind ?? "") : [ax, ay, bx, by] };
    this.bench.redraw();
  }

  end() {
    const done = this.shape;
    this.shape = null;
    const [ax, ay, bx, by] = done?.box ?? [0, 0, 0, 0];
    if (done && Math.hypot(bx - ax, by - ay) > SMALLEST) this.bench.commit(done);
    this.bench.redraw();
  }

  cancel() {
    this.shape = null;
    this.bench.redraw();
  }
}

/** @param {number} ax @param {number} ay @param {number} bx @param {number} by @param {string} kind @returns {number[]} */
function straightened(ax, ay, bx, by, kind) {
  const [dx, dy] = [bx - ax, by - ay];
  if (kind === "rectangle" || kind === "ellipse") {
    const side = Math.max(Math.abs(dx), Math.abs(dy));
    return [ax, ay, ax + side * (Math.sign(dx) || 1), ay + side * (Math.sign(dy) || 1)];
  }
  const eighth = Math.PI / 4;
  const angle = Math.round(Math.atan2(dy, dx) / eighth) * eighth;
  const length = Math.hypot(dx, dy);
  return [ax, ay, Math.round(ax + length * Math.cos(angle)), Math.round(ay + length * Math.sin(angle))];
}
