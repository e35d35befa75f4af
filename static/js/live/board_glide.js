// Bringing a part of the board into view: where the window has to be, and how it gets there.

import { UNITS } from "./geometry.js";

/** @typedef {{x: number, y: number, zoom: number}} Window */

const GLIDE_MS = 200;
const LOW = 0.25;
const HIGH = 4;

/** The window that shows a box (board units) whole, in its middle. @param {number[]} box @param {number} width @param {number} height in CSS px
 *  @param {number} [margin] CSS px @returns {Window} */
export function windowOn(box, width, height, margin = 0) {
  const [left, top, right, bottom] = box.map((unit) => unit / UNITS);
  const zoom = Math.min(HIGH, Math.max(LOW, Math.min((width - 2 * margin) / Math.max(1, right - left), (height - 2 * margin) / Math.max(1, bottom - top))));
  return { x: (left + right - width / zoom) / 2, y: (top + bottom - height / zoom) / 2, zoom };
}

/** The nearest window at the same zoom in which a box is seen, or null when it is. @param {number[]} box @param {Window} now
 *  @param {number} width @param {number} height @param {number} [margin] @returns {Window|null} */
export function windowNear(box, now, width, height, margin = 24) {
  const [left, top, right, bottom] = box.map((unit) => unit / UNITS);
  const slack = margin / now.zoom;
  const along = (/** @type {number} */ at, /** @type {number} */ size, /** @type {number} */ low, /** @type {number} */ high) => {
    if (low - slack < at) return low - slack;
    return high + slack > at + size ? Math.min(low - slack, high + slack - size) : at;
  };
  const x = along(now.x, width / now.zoom, left, right);
  const y = along(now.y, height / now.zoom, top, bottom);
  return x === now.x && y === now.y ? null : { x, y, zoom: now.zoom };
}

export class Glide {
  /** @param {import("./board_view.js").BoardView} view */
  constructor(view) {
    this.view = view;
    this.run = 0;
  }

  /** Stop where it is: a hand has taken over. */
  stop() {
    this.run += 1;
  }

  /** @param {Window} to */
  to(to) {
    const run = (this.run += 1);
    const from = { ...this.view.viewport };
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches || document.visibilityState === "hidden";
    const begun = performance.now();
    const step = () => {
      if (run !== this.run) return;
      const share = still ? 1 : Math.min(1, (performance.now() - begun) / GLIDE_MS);
      const ease = 1 - (1 - share) ** 3;
      const mix = (/** @type {number} */ a, /** @type {number} */ b) => a + (b - a) * ease;
      Object.assign(this.view.viewport, { x: mix(from.x, to.x), y: mix(from.y, to.y), zoom: mix(from.zoom, to.zoom) });
      this.view.pan(0, 0);
      if (share < 1) requestAnimationFrame(step);
    };
    step();
  }
}
