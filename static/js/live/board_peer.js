// The other one's hand on our screen: the named cursor, and the light of both lasers.

import { hide } from "./board_marks.js";
import { UNITS } from "./geometry.js";
import { LaserTrail } from "./laser_trail.js";
import { INK_KINDS } from "./protocol.js";

const CURSOR_STAYS_MS = 6000;
const INKS = { mentor: "#3f3fa6", learner: "#a23a52" };
const DOT_PX = 9;

export class BoardPeer {
  /** @param {{root: HTMLElement, view: import("./board_view.js").BoardView, side: string}} parts */
  constructor({ root, view, side }) {
    this.view = view;
    this.mark = /** @type {HTMLElement} */ (root.querySelector("[data-peer-cursor]"));
    this.canvas = /** @type {HTMLCanvasElement} */ (root.querySelector("[data-laser]"));
    /** @type {import("./ink.js").InkPoint|undefined} */
    this.cursor = undefined;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const mine = side === "mentor" ? INKS.mentor : INKS.learner;
    const theirs = side === "mentor" ? INKS.learner : INKS.mentor;
    this.trails = { mine: { trail: new LaserTrail({ still }), color: mine }, theirs: { trail: new LaserTrail({ still }), color: theirs } };
    this.glowing = false;
  }

  /** Where the other one is, or points. @param {import("./ink.js").InkPoint} point */
  hear(point) {
    this.cursor = point;
    if (point.kind === INK_KINDS.LASER) this.shine("theirs", point.page, point.points);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.forget(), CURSOR_STAYS_MS);
    this.show();
  }

  forget() {
    this.cursor = undefined;
    this.show();
  }

  /** @param {"mine"|"theirs"} whose @param {number} page @param {number[]} points x, y, pressure ... in board units */
  shine(whose, page, points) {
    this.trails[whose].trail.add(page, points);
    if (this.glowing) return;
    this.glowing = true;
    requestAnimationFrame(() => this.#glow());
  }

  show() {
    const { cursor, mark } = this;
    hide(mark, !cursor || cursor.page !== this.view.page);
    if (!cursor || mark.hidden) return;
    const [x, y] = this.view.viewport.toScreen(cursor.x, cursor.y);
    mark.style.translate = `${x}px ${y}px`;
    mark.classList.toggle("points", cursor.kind === INK_KINDS.LASER);
  }

  #glow() {
    const { canvas, view } = this;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    const { x, y, zoom } = view.viewport;
    context.setTransform(ratio * zoom, 0, 0, ratio * zoom, -x * ratio * zoom, -y * ratio * zoom);
    context.lineCap = "round";
    let glows = false;
    for (const { trail, color } of Object.values(this.trails)) {
      const points = trail.glow(view.page);
      if (points.length > 0) glows = true;
      this.#draw(context, points, color, zoom);
    }
    this.glowing = glows;
    canvas.style.visibility = glows ? "" : "hidden"; // a dark one would be laid over the board with every frame
    if (glows) requestAnimationFrame(() => this.#glow());
  }

  /** @param {CanvasRenderingContext2D} context @param {import("./laser_trail.js").Glow[]} points @param {string} color @param {number} zoom */
  #draw(context, points, color, zoom) {
    context.strokeStyle = context.fillStyle = color;
    for (let i = 1; i < points.length; i += 1) {
      context.globalAlpha = points[i].left * 0.7;
      context.lineWidth = (DOT_PX * points[i].left) / zoom;
      context.beginPath();
      context.moveTo(points[i - 1].x / UNITS, points[i - 1].y / UNITS);
      context.lineTo(points[i].x / UNITS, points[i].y / UNITS);
      context.stroke();
    }
    const last = points.at(-1);
    if (last) {
      for (const [share, alpha] of [[1.6, 0.25], [0.75, 1]]) {
        context.globalAlpha = alpha * Math.min(1, last.left * 2);
        context.beginPath();
        context.arc(last.x / UNITS, last.y / UNITS, (DOT_PX * share) / zoom, 0, Math.PI * 2);
        context.fill();
      }
    }
    context.globalAlpha = 1;
  }
}
