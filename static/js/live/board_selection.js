// What is selected on the board, and what is done with it. No DOM: things and boxes go in, steps come out.

import { Ink } from "./ink_seen.js";
import { HIGHLIGHTER_TIMES } from "./board_bounds.js";
import { LIMIT } from "./protocol.js";

/** @typedef {import("./board_state.js").Operation} Operation @typedef {import("./board_state.js").BoardState} BoardState */
/** @typedef {[number, number, number, number]} Box  left, top, right, bottom in board units */

/** The box around a thing where it was drawn, ink's width included. @param {Operation} op @param {number} [textWidth] @returns {Box} */
export function boxOf(op, textWidth = 0) {
  const pad = ((op.width ?? 0) / 2) * (op.pen === "highlighter" ? HIGHLIGHTER_TIMES : 1);
  if (op.do === "text") {
    const [x, y] = op.at ?? [0, 0];
    return [x, y, x + textWidth, y + (op.text ?? "").split("\n").length * (op.size ?? 200) * 1.25];
  }
  if (op.do === "stroke") {
    /** @type {Box} */
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    const points = op.points ?? [];
    for (let i = 0; i + 1 < points.length; i += 3) {
      box[0] = Math.min(box[0], points[i] - pad);
      box[1] = Math.min(box[1], points[i + 1] - pad);
      box[2] = Math.max(box[2], points[i] + pad);
      box[3] = Math.max(box[3], points[i + 1] + pad);
    }
    return box;
  }
  const [ax, ay, bx, by] = op.box ?? [0, 0, 0, 0];
  return [Math.min(ax, bx) - pad, Math.min(ay, by) - pad, Math.max(ax, bx) + pad, Math.max(ay, by) + pad];
}

/** @param {Box} box @param {readonly [number, number]} by @returns {Box} */
export const shiftedBox = ([left, top, right, bottom], [dx, dy]) => [left + dx, top + dy, right + dx, bottom + dy];

/** A thing drawn elsewhere. @param {Operation} op @param {number} dx @param {number} dy @returns {Operation} */
export function shifted(op, dx, dy) {
  const moved = { ...(op instanceof Ink ? op.plain() : op) };
  if (op.points) moved.points = op.points.map((number, index) => (index % 3 === 0 ? number + dx : index % 3 === 1 ? number + dy : number));
  if (op.box) moved.box = op.box.map((number, index) => number + (index % 2 === 0 ? dx : dy));
  if (op.at) moved.at = [op.at[0] + dx, op.at[1] + dy];
  return moved;
}

/** How far a box may go within the board's edges. @param {Box} box @param {number} dx @param {number} dy @returns {[number, number]} */
export function withinEdges([left, top, right, bottom], dx, dy) {
  const edge = LIMIT.COORDINATE;
  const fit = (/** @type {number} */ by, /** @type {number} */ low, /** @type {number} */ high) => Math.max(-edge - low, Math.min(edge - high, by));
  return [fit(Math.round(dx), left, right), fit(Math.round(dy), top, bottom)];
}

export class Selection {
  /** @param {{state: () => BoardState, textWidth: (op: Operation) => number, onChange: () => void}} parts */
  constructor({ state, textWidth, onChange }) {
    this.state = state;
    this.textWidth = textWidth;
    this.onChange = onChange;
    /** @type {Set<string>} in the order they were taken */
    this.ids = new Set();
  }

  /** @param {Iterable<string>} ids */
  set(ids) {
    this.ids = new Set([...ids].slice(0, LIMIT.IDS));
    this.onChange();
  }

  /** @param {string} id */
  toggle(id) {
    if (!this.ids.delete(id) && this.ids.size < LIMIT.IDS) this.ids.add(id);
    this.onChange();
  }

  clear() {
    if (this.ids.size > 0) this.set([]);
  }

  /** Let go of what is not on this page any more. @param {number} page */
  keep(page) {
    const state = this.state();
    const kept = [...this.ids].filter((id) => state.isVisible(id) && state.things.get(id)?.op.page === page);
    if (kept.length !== this.ids.size) this.set(kept);
  }

  /** @returns {import("./board_state.js").Thing[]} in drawing order */
  things() {
    const { things } = this.state();
    return [...this.ids].flatMap((id) => things.get(id) ?? []).sort((a, b) => a.at - b.at);
  }

  /** The box around a thing where it lies now. @param {string} id @returns {Box|null} */
  boxOf(id) {
    const state = this.state();
    const thing = state.things.get(id);
    return thing ? shiftedBox(boxOf(thing.op, thing.op.do === "text" ? this.textWidth(thing.op) : 0), state.shift(id)) : null;
  }

  /** The box around all that is selected. @returns {Box|null} */
  box() {
    const boxes = [...this.ids].flatMap((id) => [this.boxOf(id) ?? []].filter((box) => box.length === 4));
    if (boxes.length === 0) return null;
    const side = (/** @type {number} */ n, /** @type {(...all: number[]) => number} */ pick) => pick(...boxes.map((box) => /** @type {Box} */ (box)[n]));
    return [side(0, Math.min), side(1, Math.min), side(2, Math.max), side(3, Math.max)];
  }

  /** What lies wholly within a box on a page. @param {number} page @param {Box} box @returns {string[]} */
  within(page, [left, top, right, bottom]) {
    return this.state()
      .visible(page)
      .filter(({ id }) => {
        const own = /** @type {Box} */ (this.boxOf(id));
        return own[0] >= left && own[1] >= top && own[2] <= right && own[3] <= bottom;
      })
      .map(({ id }) => id);
  }

  /** @param {number} dx @param {number} dy in board units @returns {Operation|null} */
  move(dx, dy) {
    const box = this.box();
    if (!box) return null;
    const [x, y] = withinEdges(box, dx, dy);
    return x === 0 && y === 0 ? null : { do: "move", ids: [...this.ids], dx: x, dy: y };
  }

  /** @returns {Operation|null} */
  remove() {
    return this.ids.size > 0 ? { do: "remove", ids: [...this.ids] } : null;
  }

  /** The same once more, a little aside. @param {() => string} newId @param {number} aside in board units @returns {Operation[]} */
  copies(newId, aside) {
    const box = this.box();
    if (!box) return [];
    const [x, y] = withinEdges(box, aside, aside);
    const state = this.state();
    return this.things().map(({ id, op }) => {
      const [dx, dy] = state.shift(id);
      return { ...shifted(op, dx + x, dy + y), id: newId() };
    });
  }
}
