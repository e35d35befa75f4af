// Which part of the window unfinished things take. No DOM.

import { around, bounds } from "./board_bounds.js";
import { UNITS } from "./geometry.js";

/** @typedef {import("./board_state.js").Operation} Operation */
/** @typedef {[number, number, number, number]} Part  left, top, right, bottom in device px of the window */

// It grows in steps: a canvas that gets another size is a new one.
const STEP = 256;

/**
 * @param {{op: Operation, ahead?: number[]}[]} unfinished ahead: points that the browser foretells
 * @param {import("./board_grid.js").Sight} sight @param {Part|null} before what it was, where it may not get smaller
 * @returns {Part|null} null when nothing of them is seen
 */
export function partOf(unfinished, { x, y, width, height, scale }, before) {
  const box = around(unfinished.map(({ op, ahead }) => bounds(ahead?.length ? { ...op, points: [...(op.points ?? []), ...ahead] } : op)));
  if (!box) return null;
  const along = (/** @type {number} */ unit, /** @type {number} */ start) => ((unit / UNITS - start) * scale) / STEP;
  const most = [Math.ceil(width * scale), Math.ceil(height * scale)];
  const low = (/** @type {number} */ at) => Math.max(0, Math.floor(at) * STEP);
  const high = (/** @type {number} */ at, /** @type {number} */ end) => Math.min(end, Math.ceil(at) * STEP);
  const [left, top] = [low(along(box.minX, x)), low(along(box.minY, y))];
  const [right, bottom] = [high(along(box.maxX, x), most[0]), high(along(box.maxY, y), most[1])];
  if (!(left < right && top < bottom)) return null;
  if (!before) return [left, top, right, bottom];
  return [Math.min(left, before[0]), Math.min(top, before[1]), Math.max(right, before[2]), Math.max(bottom, before[3])];
}
