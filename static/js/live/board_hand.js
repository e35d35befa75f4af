// What a hand does with the chosen tool: spots on the screen go to the tool, which makes steps for the log of them.

import { LIMIT, SHAPES } from "./protocol.js";
import { EraserTool } from "./tool_eraser.js";
import { InkTool } from "./tool_ink.js";
import { LaserTool } from "./tool_laser.js";
import { SelectTool } from "./tool_select.js";
import { ShapeTool } from "./tool_shape.js";

/** @typedef {import("./board_state.js").Operation} Operation @typedef {import("./board_pointer.js").Spot} Spot */
/** @typedef {import("./board_pointer.js").How} How */
/**
 * What tools work with. `place` gives the board's point under a spot; `commit` writes a step, with the ids it hides the gesture
 * it belongs to, and whether it is a copy. @typedef {{view: import("./board_view.js").BoardView, sender: import("./ink.js").InkSender,
 *   style: {color: number, width: number, shape: string}, place: (spot: Spot) => [number, number],
 *   commit: (op: Operation, touched?: string[], group?: string, exact?: boolean) => void, redraw: () => void,
 *   onLaser: (page: number, points: number[]) => void}} Bench
 * @typedef {{op: Operation, ahead?: number[]}} Unfinished  ahead: points that the browser foretells
 * @typedef {{current: Unfinished[], begin: (spot: Spot, how: How) => void, move: (spots: Spot[], ahead: Spot[]) => void, end: () => void,
 *   cancel: () => void, tells?: boolean}} Tool  tells: the other one sees by the tool itself where the hand is
 */

/** Tools that leave the board as it is: these a locked board still allows. */
const HARMLESS = new Set(["move", "laser"]);
const DOUBLE_TAP_MS = 350;
const DOUBLE_TAP_PX = 16;

export class BoardHand {
  /**
   * @param {{view: import("./board_view.js").BoardView, commit: Bench["commit"], sender: import("./ink.js").InkSender,
   *   selection: import("./board_selection.js").Selection, onHover: (x: number, y: number) => void, onText: (spot: Spot) => void,
   *   onDouble: (spot: Spot) => boolean, onLaser: Bench["onLaser"], onBarred: () => void, barred: () => boolean, color: number}} parts
   * `barred` says whether the mentor has locked the board for us; `onDouble` whether a double tap has opened something
   */
  constructor({ view, commit, sender, selection, onHover, onText, onDouble, onLaser, onBarred, barred, color }) {
    this.view = view;
    this.onHover = onHover;
    this.onText = onText;
    this.onDouble = onDouble;
    this.onBarred = onBarred;
    this.barred = barred;
    this.tool = "pen";
    this.style = { color, width: 30, shape: SHAPES[0] };
    /** @type {Bench} */
    const bench = { view, sender, commit, onLaser, style: this.style, place: (spot) => this.place(spot), redraw: () => view.redrawLive() };
    this.select = new SelectTool(bench, selection);
    this.selection = selection;
    /** @type {Record<string, Tool>} */
    this.tools = {
      pen: new InkTool(bench, "pen"),
      highlighter: new InkTool(bench, "highlighter"),
      shapes: new ShapeTool(bench),
      eraser: new EraserTool(bench),
      laser: new LaserTool(bench),
      select: this.select,
    };
    /** @type {Tool|null} the tool of the gesture that goes on */
    this.busy = null;
    /** @type {Spot|null} */
    this.start = null;
    this.lastTap = { at: -Infinity, x: 0, y: 0 };
  }

  /** The own unfinished things. @returns {Unfinished[]} */
  get current() {
    return (this.busy ?? this.select).current; // the arrows drag without a gesture
  }

  /** @param {string} tool */
  choose(tool) {
    this.cancel();
    this.tool = tool;
    if (tool !== "select") this.selection.clear();
  }

  /** @param {Spot} spot @param {How} [how] */
  begin(spot, how = { eraser: false, more: false }) {
    const name = how.eraser ? "eraser" : this.tool;
    if (this.barred() && !HARMLESS.has(name)) {
      this.onBarred();
      return;
    }
    this.start = spot;
    this.busy = this.tools[name] ?? null;
    this.busy?.begin(spot, how);
  }

  /** @param {Spot[]} spots @param {Spot[]} [ahead] */
  move(spots, ahead = []) {
    this.busy?.move(spots, ahead);
  }

  end() {
    const [tool, start] = [this.busy, this.start];
    this.busy = null;
    this.start = null;
    tool?.end();
    if (!start) return;
    if (this.tool === "text") this.onText(start);
    else if (this.tool === "select") this.#tap(start);
  }

  cancel() {
    const tool = this.busy;
    this.busy = null;
    this.start = null;
    tool?.cancel();
  }

  /** @param {Spot} spot */
  hover(spot) {
    if (!this.busy?.tells) this.onHover(...this.place(spot));
  }

  /** The board's point under a spot of the screen, within the board's edges. @param {Spot} spot @returns {[number, number]} */
  place(spot) {
    const [x, y] = this.view.viewport.toBoard(spot.x, spot.y);
    const fit = (/** @type {number} */ n) => Math.min(LIMIT.COORDINATE, Math.max(-LIMIT.COORDINATE, n));
    return [fit(x), fit(y)];
  }

  /** @param {Spot} spot */
  #tap(spot) {
    const now = performance.now();
    const near = Math.hypot(spot.x - this.lastTap.x, spot.y - this.lastTap.y) < DOUBLE_TAP_PX;
    const again = near && now - this.lastTap.at < DOUBLE_TAP_MS;
    this.lastTap = again && this.onDouble(spot) ? { at: -Infinity, x: 0, y: 0 } : { at: now, x: spot.x, y: spot.y };
  }
}
