// What fingers, a pen and a mouse on the board mean: one draws, two move, a palm does nothing. No DOM.

/**
 * @typedef {{id: number, kind: string, x: number, y: number, size?: number}} Touch  place in CSS px, size of the contact in CSS px
 * @typedef {{dx: number, dy: number, zoom?: {factor: number, x: number, y: number}}} Motion
 */

// A fingertip is 8 to 14 mm wide, some 30 to 50 CSS px; the side of a hand is more.
const PALM_PX = 60;
const PINCH_FROM_PX = 10;

export class Fingers {
  constructor() {
    /** @type {Map<number, {x: number, y: number}>} */
    this.touching = new Map();
    /** @type {number|null} the pointer that draws */
    this.drawing = null;
    this.drawsWithPen = false;
    /** once a pen was here, fingers only move the board */
    this.penSeen = false;
  }

  /**
   * A pointer comes down. @param {Touch} touch @param {boolean} moves whether one pointer moves the board (the tool, the middle button)
   * @returns {"draw"|"pan"|"pinch"|"ignore"} pinch: what the first finger has begun is to be taken back
   */
  down({ id, kind, x, y, size = 0 }, moves) {
    if (kind === "touch" && (size > PALM_PX || this.drawsWithPen)) return "ignore";
    if (kind === "pen") {
      this.penSeen = true;
      this.touching.clear(); // the hand that holds the pen may lie there already
    }
    this.touching.set(id, { x, y });
    if (this.touching.size > 2) return "pan";
    if (this.touching.size === 2) {
      const pinched = this.drawing !== null;
      this.drawing = null;
      return pinched ? "pinch" : "pan";
    }
    if (moves || (kind === "touch" && this.penSeen)) return "pan";
    this.drawing = id;
    this.drawsWithPen = kind === "pen";
    return "draw";
  }

  /** A pointer that is down moves. @param {Touch} touch @returns {Motion|null} how the board moves, null when it does not */
  move({ id, x, y }) {
    const before = this.touching.get(id);
    if (!before) return null;
    this.touching.set(id, { x, y });
    if (id === this.drawing) return null;
    const others = [...this.touching].filter(([one]) => one !== id).map(([, spot]) => spot);
    const share = others.length + 1;
    const motion = { dx: (x - before.x) / share, dy: (y - before.y) / share };
    if (others.length !== 1) return motion;
    const [other] = others;
    const was = Math.hypot(before.x - other.x, before.y - other.y);
    const is = Math.hypot(x - other.x, y - other.y);
    if (was <= PINCH_FROM_PX) return motion;
    return { ...motion, zoom: { factor: is / was, x: (x + other.x) / 2, y: (y + other.y) / 2 } };
  }

  /** A pointer goes up or is lost. @param {number} id @returns {boolean} whether it was the one that draws */
  up(id) {
    this.touching.delete(id);
    if (id !== this.drawing) return false;
    this.drawing = null;
    this.drawsWithPen = false;
    return true;
  }
}
