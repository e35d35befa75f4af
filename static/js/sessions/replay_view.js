// A page of a finished board on a canvas: all that was ever on it fits, so that nothing jumps while it is played.

import { paint } from "../live/board_paint.js";
import { paintPaper } from "../live/board_paper.js";
import { UNITS } from "../live/geometry.js";

const MARGIN_PX = 24;
const MOST_ZOOM = 1.25;

export class ReplayView {
  /** @param {HTMLCanvasElement} canvas @param {import("./replay_reel.js").Reel} reel @param {number} [mostZoom] */
  constructor(canvas, reel, mostZoom = MOST_ZOOM) {
    this.mostZoom = mostZoom;
    this.canvas = canvas;
    this.reel = reel;
    this.page = -1;
    /** @type {Map<number, [number, number, number, number]|null>} */
    this.bounds = new Map();
    this.wanted = false;
  }

  /** Measure the place anew. @param {number} width @param {number} height in CSS px @param {number} [ratio] */
  fit(width, height, ratio = Math.min(window.devicePixelRatio || 1, 2)) {
    this.width = width;
    this.height = height;
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
    this.page = -1;
  }

  /**
   * Show a page of a board. @param {import("../live/board_state.js").BoardState} state @param {number} page
   * @param {import("../live/board_state.js").Thing[]|null} [added] only these are new since the last showing
   */
  show(state, page, added = null) {
    this.state = state;
    const context = this.#context(page);
    if (!context) return;
    if (added && page === this.page) {
      for (const thing of added) if (thing.op.page === page) this.#draw(context, thing);
      return;
    }
    this.page = page;
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.restore();
    // What the canvas shows, in CSS px at 100 %: a paper has no end.
    const { a: scale, e, f } = context.getTransform();
    const part = { x: -e / scale, y: -f / scale, width: this.canvas.width / scale, height: this.canvas.height / scale };
    paintPaper(context, state.paper(page), part, scale / (this.canvas.width / (this.width ?? 1)));
    for (const thing of state.visible(page)) this.#draw(context, thing);
  }

  /** @param {CanvasRenderingContext2D} context @param {import("../live/board_state.js").Thing} thing */
  #draw(context, { id, op }) {
    const [dx, dy] = this.state?.shift(id) ?? [0, 0];
    context.save();
    context.translate(dx / UNITS, dy / UNITS);
    paint(context, op, () => this.#later());
    context.restore();
  }

  /** A picture has been read: show it, several at once. */
  #later() {
    if (this.wanted) return;
    this.wanted = true;
    requestAnimationFrame(() => {
      this.wanted = false;
      if (this.state) this.show(this.state, this.page);
    });
  }

  /** @param {number} page @returns {CanvasRenderingContext2D|null} scaled so that the page fits */
  #context(page) {
    const context = this.canvas.getContext("2d");
    if (!context || !this.width || !this.height) return null;
    if (!this.bounds.has(page)) this.bounds.set(page, this.reel.bounds(page));
    const [left, top, right, bottom] = (this.bounds.get(page) ?? [0, 0, 6000, 4000]).map((unit) => unit / UNITS);
    const zoom = Math.min(
      (this.width - 2 * MARGIN_PX) / Math.max(1, right - left),
      (this.height - 2 * MARGIN_PX) / Math.max(1, bottom - top),
      this.mostZoom,
    );
    const scale = (this.canvas.width / this.width) * zoom;
    const x = (this.canvas.width - (left + right) * scale) / 2;
    const y = (this.canvas.height - (top + bottom) * scale) / 2;
    context.setTransform(scale, 0, 0, scale, x, y);
    return context;
  }
}
