// A finished stroke has few points, and its painted line lies where the hand drew it.
import assert from "node:assert/strict";
import test from "node:test";
import { distanceToSegment } from "../../../static/js/live/geometry.js";
import { thinned, traced } from "../../../static/js/live/ink_trace.js";

/** The line as it is painted: through the middles between the points. */
function painted(points) {
  const spots = [];
  for (let i = 0; i < points.length; i += 3) spots.push([points[i], points[i + 1]]);
  const middle = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const line = [spots[0]];
  for (let i = 1; i + 1 < spots.length; i += 1) {
    const [from, to] = [middle(spots[i - 1], spots[i]), middle(spots[i], spots[i + 1])];
    for (let t = 0; t <= 1; t += 0.1) line.push([0, 1].map((k) => (1 - t) ** 2 * from[k] + 2 * t * (1 - t) * spots[i][k] + t * t * to[k]));
  }
  return [...line, spots.at(-1)];
}

function away(points, kept) {
  const line = painted(kept);
  let most = 0;
  for (let i = 0; i < points.length; i += 3) {
    let least = Infinity;
    for (let k = 0; k + 1 < line.length; k += 1) least = Math.min(least, distanceToSegment(points[i], points[i + 1], ...line[k], ...line[k + 1]));
    most = Math.max(most, least);
  }
  return most;
}

const circle = Array.from({ length: 120 }, (_, i) => [1000 + Math.round(900 * Math.cos(i / 19)), 1000 + Math.round(900 * Math.sin(i / 19)), 50]).flat();
const corner = Array.from({ length: 60 }, (_, i) => (i < 30 ? [i * 40, 0, 50] : [1200, (i - 30) * 40, 50])).flat();

for (const [name, points] of [["circle", circle], ["corner", corner]]) {
  test(`a ${name} keeps half of its points or fewer and stays within a pixel`, () => {
    const kept = thinned(points, 4);
    assert.ok(kept.length < points.length / 2, `${kept.length / 3} of ${points.length / 3}`);
    assert.ok(away(points, kept) < 10, `${away(points, kept)}`);
    assert.deepEqual(kept.slice(0, 3), points.slice(0, 3));
    assert.deepEqual(kept.slice(-3), points.slice(-3));
  });
}

test("a change of pressure on a straight line is kept", () => {
  const line = Array.from({ length: 50 }, (_, i) => [i * 30, 0, i === 25 ? 90 : 40]).flat();
  assert.ok(thinned(line, 4).includes(90));
});

test("a dot and a dash stay as they are, and a stroke drawn far zoomed in keeps more", () => {
  assert.deepEqual(traced([5, 5, 50], 1), [5, 5, 50]);
  assert.deepEqual(traced([5, 5, 50, 400, 5, 50], 1), [5, 5, 50, 400, 5, 50]);
  const wave = Array.from({ length: 80 }, (_, i) => [i * 25, Math.round(12 * Math.sin(i / 2)), 50]).flat();
  assert.ok(traced(wave, 4).length > traced(wave, 0.25).length);
});
