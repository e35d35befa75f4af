// Which squares of the board a window looks at. No DOM.

import { UNITS } from "./geometry.js";

/**
 * @typedef {{x: number, y: number, width: number, height: number, scale: number}} Sight  what the screen shows: CSS px at 100 %, and
 *   device px for each of them
 * @typedef {{i: number, j: number}} Cell
 */

/** Device px of a square's side. */
export const SIDE = 512;

/** Where a square lies, in board units. @param {number} i @param {number} j @param {number} scale device px per CSS px at 100 % */
export function edges(i, j, scale) {
  const side = (SIDE / scale) * UNITS;
  return { minX: i * side, minY: j * side, maxX: (i + 1) * side, maxY: (j + 1) * side };
}

/** The squares that a sight shows, those in its middle first. @param {Sight} sight @param {number} scale of the squares @returns {Cell[]} */
export function seenCells(sight, scale) {
  const { left, top, right, bottom } = range(sight, scale);
  const cells = [];
  for (let j = top; j <= bottom; j += 1) for (let i = left; i <= right; i += 1) cells.push({ i, j });
  const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2];
  const far = (/** @type {Cell} */ cell) => (cell.i - middleX) ** 2 + (cell.j - middleY) ** 2;
  return cells.sort((a, b) => far(a) - far(b));
}

/** The squares that come into sight next. @param {Sight} sight @param {number} scale @param {number} dx where the sight goes: below 0 to
 *  the left, 0 nowhere @param {number} dy @returns {Cell[]} */
export function nextCells(sight, scale, dx, dy) {
  const { left, top, right, bottom } = range(sight, scale);
  const cells = [];
  const column = dx < 0 ? left - 1 : right + 1;
  const row = dy < 0 ? top - 1 : bottom + 1;
  if (dx !== 0) for (let j = top; j <= bottom; j += 1) cells.push({ i: column, j });
  if (dy !== 0) for (let i = left; i <= right; i += 1) cells.push({ i, j: row });
  if (dx !== 0 && dy !== 0) cells.push({ i: column, j: row });
  return cells;
}

/** @param {Sight} sight @param {number} scale */
function range({ x, y, width, height }, scale) {
  const side = SIDE / scale;
  const last = (/** @type {number} */ end) => Math.ceil(end / side) - 1;
  const [left, top] = [Math.floor(x / side), Math.floor(y / side)];
  return { left, top, right: Math.max(left, last(x + width)), bottom: Math.max(top, last(y + height)) };
}
