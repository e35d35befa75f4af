// Pen and highlighter: a stroke is seen by both while it is drawn, and becomes one step of the log at its end.

import { newId } from "./ids.js";
import { LIMIT } from "./protocol.js";

/** @typedef {import("./board_hand.js").Bench} Bench @typedef {import("./board_state.js").Operation} Operation */
/** @typedef {import("./board_pointer.js").Spot} Spot */

const NEAR = 6; // points closer than this, in board units, say nothing new

export class InkTool {
  /** Where the pen is goes along with the ink: a pointer beside it would only take its place on the line. */
  tells = true;

  /** @param {Bench} bench @param {"pen"|"highlighter"} pen */
  constructor(bench, pen) {
    this.bench = bench;
    this.pen = pen;
    /** @type {(Operation & {points: number[]})|null} */
    this.stroke = null;
    /** @type {number[]} where the pen will probably be in the next frame: drawn here, told to nobody */
    this.ahead = [];
    this.group = "";
    this.frameWanted = false;
  }

  /** @returns {import("./board_hand.js").Unfinished[]} */
  get current() {
    return this.stroke ? [{ op: this.stroke, ahead: this.ahead }] : [];
  }

  /** @param {Spot} spot */
  begin(spot) {
    const { color, width } = this.bench.style;
    const [x, y] = this.bench.place(spot);
    this.group = newId();
    this.stroke = { do: "stroke", id: newId(), page: this.bench.view.page, color, width, points: [x, y, spot.pressure] };
    if (this.pen === "highlighter") this.stroke.pen = this.pen;
    this.bench.sender.begin();
    this.#frame();
  }

  /** @param {Spot[]} spots @param {Spot[]} ahead */
  move(spots, ahead) {
    if (!this.stroke) return;
    for (const spot of spots) this.#take(spot);
    this.ahead = ahead.flatMap((spot) => [...this.bench.place(spot), spot.pressure]);
    this.#frame();
  }

  end() {
    const done = this.stroke;
    if (!done) return;
    this.bench.sender.finish(done);
    this.#letGo();
    this.bench.commit(done, [], this.group);
    this.bench.redraw();
  }

  cancel() {
    this.#letGo();
    this.bench.redraw();
  }

  #letGo() {
    if (this.stroke) this.bench.sender.end();
    this.stroke = null;
    this.ahead = [];
  }

  /** @param {Spot} spot */
  #take(spot) {
    const stroke = /** @type {Operation & {points: number[]}} */ (this.stroke);
    const [x, y] = this.bench.place(spot);
    const last = stroke.points.length;
    if (Math.abs(stroke.points[last - 3] - x) + Math.abs(stroke.points[last - 2] - y) < NEAR) return;
    stroke.points.push(x, y, spot.pressure);
    if (stroke.points.length < LIMIT.STROKE_NUMBERS) return;
    // A stroke longer than one step may hold goes on in a second one; undo takes both.
    this.bench.commit(stroke, [], this.group);
    this.stroke = { ...stroke, id: newId(), points: [x, y, spot.pressure] };
    this.bench.sender.begin();
  }

  #frame() {
    if (this.frameWanted) return;
    this.frameWanted = true;
    requestAnimationFrame(() => {
      this.frameWanted = false;
      if (this.stroke) this.bench.sender.frame(this.stroke);
      this.bench.redraw();
    });
  }
}
