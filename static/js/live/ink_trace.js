// A finished stroke with no more points than its line needs. No DOM.
// A hand leaves 60 to 240 points a second; a curve through a fifth of them looks the same and is a fifth to send, keep and paint.

import { UNITS, distanceToSegment } from "./geometry.js";

// How far the line may come to lie from where it was drawn, in px of the screen it was drawn on, and how far its pressure.
const AWAY_PX = 0.4;
const PRESSURE_AWAY = 10;
// While drawn, each point is pulled so far from the one before towards where the hand was: perfect-freehand's streamline of 0.3.
const FOLLOW = 0.745;
const ROUNDS = 12;

/** The points to keep of a stroke. @param {number[]} points as it was drawn @param {number} zoom of the screen it was drawn on */
export function traced(points, zoom) {
  return thinned(followed(points), (AWAY_PX / Math.min(2, zoom)) * UNITS);
}

/** The line that was seen while it was drawn: the hand's trembling already taken out. @param {number[]} points */
function followed(points) {
  const smooth = points.slice(0, 3);
  for (let i = 3; i < points.length; i += 3) {
    const pull = i + 3 >= points.length ? 1 : FOLLOW;
    for (const axis of [0, 1]) smooth.push(smooth[i - 3 + axis] + (points[i + axis] - smooth[i - 3 + axis]) * pull);
    smooth.push(points[i + 2]);
  }
  return smooth.map(Math.round);
}

/**
 * The fewest points whose rounded line (through the middles between them, as it is painted) stays within `away` of all.
 * Starts with the points that Douglas and Peucker keep and adds the worst one of each piece until all are near.
 * @param {number[]} points @param {number} away in board units
 */
export function thinned(points, away) {
  const count = points.length / 3;
  if (count <= 2) return points;
  const kept = new Set([0, count - 1]);
  split(points, 0, count - 1, away, kept);
  let order = [...kept].sort((a, b) => a - b);
  let doubtful = order.map(() => true);
  for (let round = 0; round < ROUNDS; round += 1) {
    const added = new Set();
    for (let piece = 0; piece < order.length - 1; piece += 1) {
      const worst = doubtful[piece] ? farthest(points, order, piece, away) : -1;
      if (worst >= 0) added.add(worst);
    }
    if (added.size === 0) break;
    order = [...order, ...added].sort((a, b) => a - b);
    // Only a new point bends the line of the pieces beside it.
    doubtful = order.map((_, piece) => [-1, 0, 1, 2].some((step) => added.has(order[piece + step])));
  }
  return order.flatMap((index) => points.slice(index * 3, index * 3 + 3));
}

/** @param {number[]} p @param {number} from @param {number} to @param {number} away @param {Set<number>} kept */
function split(p, from, to, away, kept) {
  const open = [[from, to]];
  for (let piece = open.pop(); piece; piece = open.pop()) {
    const [a, b] = piece;
    let worst = -1;
    let most = 1;
    for (let i = a + 1; i < b; i += 1) {
      const off = Math.max(
        distanceToSegment(p[i * 3], p[i * 3 + 1], p[a * 3], p[a * 3 + 1], p[b * 3], p[b * 3 + 1]) / away,
        Math.abs(p[i * 3 + 2] - (p[a * 3 + 2] + ((p[b * 3 + 2] - p[a * 3 + 2]) * (i - a)) / (b - a))) / PRESSURE_AWAY,
      );
      if (off > most) [worst, most] = [i, off];
    }
    if (worst < 0) continue;
    kept.add(worst);
    open.push([a, worst], [worst, b]);
  }
}

/** Of a piece between two kept points: the point that the rounded line misses most, or -1. The middle one when only an end is missed.
 *  @param {number[]} p @param {number[]} order @param {number} piece @param {number} away */
function farthest(p, order, piece, away) {
  const [a, b] = [order[piece], order[piece + 1]];
  if (b - a < 2) return -1;
  const line = rounded(p, order, piece);
  let worst = -1;
  let most = away * 2;
  for (let i = a; i <= b; i += 1) {
    let off = Infinity;
    for (let k = 0; k + 3 < line.length; k += 2) off = Math.min(off, distanceToSegment(p[i * 3], p[i * 3 + 1], line[k], line[k + 1], line[k + 2], line[k + 3]));
    if (off > most) [worst, most] = [i, off];
  }
  if (worst === a || worst === b) return worst === a ? Math.min(b - 1, a + Math.max(1, (b - a) >> 2)) : Math.max(a + 1, b - Math.max(1, (b - a) >> 2));
  return worst;
}

/** The painted line near a piece, as short straight parts. @param {number[]} p @param {number[]} order @param {number} piece */
function rounded(p, order, piece) {
  const line = [];
  const spot = (/** @type {number} */ n) => {
    const index = order[Math.min(order.length - 1, Math.max(0, n))] * 3;
    return [p[index], p[index + 1]];
  };
  for (const corner of [piece, piece + 1]) {
    const [[ax, ay], [bx, by], [cx, cy]] = [spot(corner - 1), spot(corner), spot(corner + 1)];
    for (let t = 0; t <= 1; t += 0.25) {
      const [s, m, e] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t];
      line.push((s * (ax + bx)) / 2 + m * bx + (e * (bx + cx)) / 2, (s * (ay + by)) / 2 + m * by + (e * (by + cy)) / 2);
    }
  }
  return line;
}
