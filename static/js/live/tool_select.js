// Select by tap and by a box, take along by drag. What is dragged shows where it would lie; one drag is one step.

import { shifted } from "./board_selection.js";

/** @typedef {import("./board_hand.js").Bench} Bench @typedef {import("./board_pointer.js").Spot} Spot */
/** @typedef {import("./board_selection.js").Selection} Selection */

const REACH_PX = 10;
const DRAG_PX = 4;
const GHOSTS = 80; // more than this are shown by their box alone

export class SelectTool {
  /** @param {Bench} bench @param {Selection} selection */
  constructor(bench, selection) {
    this.bench = bench;
    this.selection = selection;
    /** @type {Spot|null} */
    this.from = null;
    /** @type {"tap"|"box"|"drag"|null} */
    this.doing = null;
    /** @type {[number, number]} how far the drag is, in board units */
    this.offset = [0, 0];
    /** @type {[number, number, number, number]|null} the box that is pulled up, in board units */
    this.marquee = null;
    this.more = false;
    /** @type {string|undefined} what lay under the finger */
    this.hit = undefined;
  }

  /** @returns {import("./board_hand.js").Unfinished[]} */
  get current() {
    if (this.doing !== "drag" || this.selection.ids.size > GHOSTS) return [];
    const state = this.selection.state();
    return this.selection.things().map(({ id, op }) => {
      const [dx, dy] = state.shift(id);
      return { op: shifted(op, dx + this.offset[0], dy + this.offset[1]) };
    });
  }

  /** @param {Spot} spot @param {import("./board_pointer.js").How} how */
  begin(spot, how) {
    this.from = spot;
    this.doing = "tap";
    this.more = how.more;
    [this.hit] = this.bench.view.hit(spot.x, spot.y, REACH_PX);
  }

  /** @param {Spot[]} spots */
  move(spots) {
    const spot = spots.at(-1);
    if (!this.from || !spot) return;
    if (this.doing === "tap") {
      if (Math.hypot(spot.x - this.from.x, spot.y - this.from.y) < DRAG_PX) return;
      this.doing = this.#grasps() ? "drag" : "box";
      if (this.doing === "drag" && this.hit && !this.selection.ids.has(this.hit) && !this.#inside()) this.selection.set([this.hit]);
    }
    const [ax, ay] = this.bench.place(this.from);
    const [bx, by] = this.bench.place(spot);
    if (this.doing === "drag") this.offset = [bx - ax, by - ay];
    else this.marquee = [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)];
    this.selection.onChange();
    this.bench.redraw();
  }

  end() {
    const { doing, offset, marquee } = this;
    this.#rest();
    if (doing === "tap") {
      if (this.hit && this.more) this.selection.toggle(this.hit);
      else this.selection.set(this.hit ? [this.hit] : []);
    } else if (doing === "box" && marquee) {
      const found = this.selection.within(this.bench.view.page, marquee);
      this.selection.set(this.more ? [...this.selection.ids, ...found] : found);
    } else if (doing === "drag") {
      const step = this.selection.move(...offset);
      if (step) this.bench.commit(step);
    }
    this.selection.onChange();
    this.bench.redraw();
  }

  /** The arrows take the selection along; `settle` writes it. @param {number} dx @param {number} dy in board units */
  nudge(dx, dy) {
    this.doing = "drag";
    this.offset = [this.offset[0] + dx, this.offset[1] + dy];
    this.selection.onChange();
    this.bench.redraw();
  }

  /** Write what was nudged. @returns {boolean} whether there was anything */
  settle() {
    if (this.doing !== "drag" || this.from) return false;
    this.end();
    return true;
  }

  cancel() {
    this.#rest();
    this.selection.onChange();
    this.bench.redraw();
  }

  #rest() {
    this.from = null;
    this.doing = null;
    this.offset = [0, 0];
    this.marquee = null;
  }

  /** Whether the finger holds something: a thing, or the space between selected ones. */
  #grasps() {
    return !this.more && (this.hit !== undefined || this.#inside());
  }

  #inside() {
    const box = this.selection.box();
    if (!box || !this.from) return false;
    const [x, y] = this.bench.place(this.from);
    return x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];
  }
}
