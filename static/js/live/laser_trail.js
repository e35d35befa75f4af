// The light point of a laser pointer and its fading tail. No DOM.

const LIVES_MS = 900;

/** @typedef {{x: number, y: number, left: number}} Glow  place in board units, left: 1 fresh to 0 gone */

export class LaserTrail {
  /** @param {{now?: () => number, still?: boolean}} [parts] still: only the newest point, for who asked for less motion */
  constructor({ now = () => performance.now(), still = false } = {}) {
    this.now = now;
    this.still = still;
    /** @type {{x: number, y: number, at: number, page: number}[]} */
    this.points = [];
  }

  /** @param {number} page @param {number[]} points x, y, pressure, x, y, pressure ... */
  add(page, points) {
    const at = this.now();
    if (this.points.at(-1)?.page !== page || this.still) this.points = [];
    for (let i = 0; i + 2 < points.length; i += 3) this.points.push({ x: points[i], y: points[i + 1], at, page });
    if (this.still) this.points = this.points.slice(-1);
  }

  /** What glows now on a page, oldest first. @param {number} page @returns {Glow[]} */
  glow(page) {
    const now = this.now();
    this.points = this.points.filter(({ at }) => now - at < LIVES_MS);
    return this.points.filter((point) => point.page === page).map(({ x, y, at }) => ({ x, y, left: this.still ? 1 : 1 - (now - at) / LIVES_MS }));
  }
}
