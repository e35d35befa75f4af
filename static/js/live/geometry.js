// The plane between fingers and board. No DOM. Board units are tenths of a CSS pixel at 100 %.

export const UNITS = 10;
const ZOOM_LOW = 0.25;
const ZOOM_HIGH = 4;

/** Where the screen looks at the board: `x`, `y` is the board point (in CSS px at 100 %) at the screen's top left. */
export class Viewport {
  constructor() {
    this.x = 0;
    this.y = 0;
    this.zoom = 1;
  }

  /** Screen (CSS px within the board) to board units, rounded. @param {number} x @param {number} y @returns {[number, number]} */
  toBoard(x, y) {
    return [Math.round((this.x + x / this.zoom) * UNITS), Math.round((this.y + y / this.zoom) * UNITS)];
  }

  /** Board units to screen. @param {number} x @param {number} y @returns {[number, number]} */
  toScreen(x, y) {
    return [(x / UNITS - this.x) * this.zoom, (y / UNITS - this.y) * this.zoom];
  }

  /** Move by screen pixels. @param {number} dx @param {number} dy */
  pan(dx, dy) {
    this.x -= dx / this.zoom;
    this.y -= dy / this.zoom;
  }

  /** Zoom so that the board point under (x, y) stays there. @param {number} factor @param {number} x @param {number} y
   *  @returns {boolean} whether there was more to zoom */
  zoomAt(factor, x, y) {
    const next = Math.min(ZOOM_HIGH, Math.max(ZOOM_LOW, this.zoom * factor));
    if (next === this.zoom) return false;
    this.x += x / this.zoom - x / next;
    this.y += y / this.zoom - y / next;
    this.zoom = next;
    return true;
  }
}

/** @param {number} px @param {number} py @param {number} ax @param {number} ay @param {number} bx @param {number} by */
export function distanceToSegment(px, py, ax, ay, bx, by) {
  const dx = bx - ax;
  const dy = by - ay;
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((px - ax) * dx + (py - ay) * dy) / length));
  return Math.hypot(px - ax - t * dx, py - ay - t * dy);
}

/** Does a thing lie within `reach` of a point? All in board units. @param {import("./board_state.js").Operation} op
 *  @param {number} x @param {number} y @param {number} reach @param {number} [textWidth] */
export function touches(op, x, y, reach, textWidth = 0) {
  const slack = reach + (op.width ?? 0) / 2;
  if (op.do === "stroke") {
    const p = op.points ?? [];
    for (let i = 0; i < p.length; i += 3) {
      const j = Math.min(i + 3, p.length - 3);
      if (distanceToSegment(x, y, p[i], p[i + 1], p[j], p[j + 1]) <= slack) return true;
    }
    return false;
  }
  if (op.do === "text") {
    const [tx, ty] = op.at ?? [0, 0];
    const size = op.size ?? 200;
    const lines = (op.text ?? "").split("\n").length;
    return x >= tx - reach && x <= tx + textWidth + reach && y >= ty - reach && y <= ty + lines * size * 1.25 + reach;
  }
  const [ax, ay, bx, by] = op.box ?? [0, 0, 0, 0];
  if (op.do === "image") return x >= Math.min(ax, bx) && x <= Math.max(ax, bx) && y >= Math.min(ay, by) && y <= Math.max(ay, by);
  if (op.kind === "line" || op.kind === "arrow") return distanceToSegment(x, y, ax, ay, bx, by) <= slack;
  if (op.kind === "ellipse") {
    const rx = Math.max(1, Math.abs(bx - ax) / 2);
    const ry = Math.max(1, Math.abs(by - ay) / 2);
    const off = Math.abs(Math.hypot((x - (ax + bx) / 2) / rx, (y - (ay + by) / 2) / ry) - 1);
    return off * Math.min(rx, ry) <= slack;
  }
  return [[ax, ay, bx, ay], [bx, ay, bx, by], [bx, by, ax, by], [ax, by, ax, ay]].some(
    ([a, b, c, d]) => distanceToSegment(x, y, a, b, c, d) <= slack,
  );
}
