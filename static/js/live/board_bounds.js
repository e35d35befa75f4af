// How much of the board a thing covers. No DOM. All in board units.

import { UNITS } from "./geometry.js";

/** @typedef {import("./board_state.js").Operation} Operation */
/** @typedef {{minX: number, minY: number, maxX: number, maxY: number}} Box */

const ARROW_HEAD = 18 * UNITS;
const LINE_HEIGHT = 1.25;
// The widest letters are about as wide as they are high; what is too wide costs nothing but a little painting.
const WIDEST = 1.1;

/** The highlighter's mark is so many times as wide as the pen's line of the same width. */
export const HIGHLIGHTER_TIMES = 5;

/** Where a thing may leave a mark, before it was moved. @param {Operation} op @returns {Box} */
export function bounds(op) {
  if (op.do === "stroke" && op.extent) {
    const [minX, minY, maxX, maxY] = op.extent;
    const reach = inkReach(op);
    return { minX: minX - reach, minY: minY - reach, maxX: maxX + reach, maxY: maxY + reach };
  }
  if (op.do === "stroke") {
    const points = op.points ?? [];
    let minX = Infinity;
    let minY = Infinity;
    let maxX = -Infinity;
    let maxY = -Infinity;
    for (let i = 0; i < points.length; i += 3) {
      const x = points[i];
      const y = points[i + 1];
      if (x < minX) minX = x;
      if (x > maxX) maxX = x;
      if (y < minY) minY = y;
      if (y > maxY) maxY = y;
    }
    const reach = inkReach(op);
    return { minX: minX - reach, minY: minY - reach, maxX: maxX + reach, maxY: maxY + reach };
  }
  if (op.do === "text") {
    const [x, y] = op.at ?? [0, 0];
    const size = op.size ?? 200;
    const lines = (op.text ?? "").split("\n");
    const width = Math.max(...lines.map((line) => line.length)) * size * WIDEST;
    return { minX: x - size / 4, minY: y - size / 4, maxX: x + width, maxY: y + lines.length * size * LINE_HEIGHT + size / 4 };
  }
  const [ax, ay, bx, by] = op.box ?? [0, 0, 0, 0];
  const reach = (op.width ?? 0) + (op.kind === "arrow" ? ARROW_HEAD : UNITS);
  return { minX: Math.min(ax, bx) - reach, minY: Math.min(ay, by) - reach, maxX: Math.max(ax, bx) + reach, maxY: Math.max(ay, by) + reach };
}

/** How far ink reaches over its points. @param {Operation} op */
function inkReach(op) {
  return (op.width ?? 30) * (op.pen === "highlighter" ? HIGHLIGHTER_TIMES / 2 : 1) + UNITS;
}

/** @param {Box} box @param {readonly [number, number]} shift @returns {Box} */
export function shifted({ minX, minY, maxX, maxY }, [dx, dy]) {
  return { minX: minX + dx, minY: minY + dy, maxX: maxX + dx, maxY: maxY + dy };
}

/** @param {Box} a @param {Box} b */
export function meets(a, b) {
  return a.minX <= b.maxX && a.maxX >= b.minX && a.minY <= b.maxY && a.maxY >= b.minY;
}

/** The smallest box around all, or null around none. @param {Iterable<Box>} boxes @returns {Box|null} */
export function around(boxes) {
  let all = null;
  for (const { minX, minY, maxX, maxY } of boxes) {
    all ??= { minX, minY, maxX, maxY };
    all = { minX: Math.min(all.minX, minX), minY: Math.min(all.minY, minY), maxX: Math.max(all.maxX, maxX), maxY: Math.max(all.maxY, maxY) };
  }
  return all;
}
