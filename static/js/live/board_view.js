// The board on the screen: a canvas of finished things below, one of unfinished things above.

import { UNITS, Viewport, touches } from "./geometry.js";
import { inkPath, paint, textWidth } from "./board_paint.js";
import { PALETTE } from "./protocol.js";

/** @typedef {import("./board.js").Board} Board @typedef {import("./board_state.js").Operation} Operation */

export class BoardView {
  /** @param {{root: HTMLElement, board: Board, onMove: () => void}} parts `onMove` hears of every pan, zoom and resize */
  constructor({ root, board, onMove }) {
    this.root = root;
    this.board = board;
    this.onMove = onMove;
    this.viewport = new Viewport();
    this.page = 0;
    this.width = 1;
    this.height = 1;
    this.base = /** @type {HTMLCanvasElement} */ (root.querySelector('[data-canvas="base"]'));
    this.live = /** @type {HTMLCanvasElement} */ (root.querySelector('[data-canvas="live"]'));
    /** @type {() => {op: Operation, finished?: boolean}[]} what is being drawn right now, by both */
    this.unfinished = () => [];
    this.baseWanted = this.liveWanted = false;
    board.onChange(() => {
      this.redraw();
      this.redrawLive();
    });
    new ResizeObserver(() => this.#resize()).observe(root);
    this.#resize();
  }

  /** @param {number} page */
  showPage(page) {
    this.page = page;
    this.redraw();
    this.redrawLive();
  }

  /** @param {number} dx @param {number} dy */
  pan(dx, dy) {
    this.viewport.pan(dx, dy);
    this.#moved();
  }

  /** @param {number} factor @param {number} [x] @param {number} [y] */
  zoom(factor, x = this.width / 2, y = this.height / 2) {
    this.viewport.zoomAt(factor, x, y);
    this.#moved();
  }

  /** Back to 100 % at the top left. */
  home() {
    Object.assign(this.viewport, { x: 0, y: 0, zoom: 1 });
    this.#moved();
  }

  /** The ids of visible things near a point of the screen, topmost first. @param {number} x @param {number} y @param {number} reachPx */
  hit(x, y, reachPx) {
    const [bx, by] = this.viewport.toBoard(x, y);
    const reach = (reachPx / this.viewport.zoom) * 10;
    const context = this.#context(this.live);
    return this.board.view
      .visible(this.page)
      .filter(({ id, op }) => {
        const [dx, dy] = this.board.view.shift(id);
        return touches(op, bx - dx, by - dy, reach, op.do === "text" ? textWidth(context, op) : 0);
      })
      .map(({ id }) => id)
      .reverse();
  }

  redraw() {
    if (this.baseWanted) return;
    this.baseWanted = true;
    requestAnimationFrame(() => {
      this.baseWanted = false;
      const context = this.#clear(this.base);
      for (const { id, op } of this.board.view.visible(this.page)) {
        const [dx, dy] = this.board.view.shift(id);
        context.translate(dx / UNITS, dy / UNITS);
        paint(context, op, () => this.redraw());
        context.translate(-dx / UNITS, -dy / UNITS);
      }
    });
  }

  redrawLive() {
    if (this.liveWanted) return;
    this.liveWanted = true;
    requestAnimationFrame(() => {
      this.liveWanted = false;
      const context = this.#clear(this.live);
      for (const { op } of this.unfinished()) {
        if (op.page !== this.page) continue;
        if (op.do === "stroke") {
          context.fillStyle = PALETTE[op.color ?? 0];
          context.fill(inkPath(op.points ?? [], op.width ?? 30, false));
        } else paint(context, op, () => {});
      }
    });
  }

  #moved() {
    const { x, y, zoom } = this.viewport;
    this.root.style.setProperty("--grid", `${24 * zoom}px`);
    this.root.style.setProperty("--grid-x", `${-x * zoom}px`);
    this.root.style.setProperty("--grid-y", `${-y * zoom}px`);
    this.redraw();
    this.redrawLive();
    this.onMove();
  }

  #resize() {
    const { width, height } = this.root.getBoundingClientRect();
    this.width = width;
    this.height = height;
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    for (const canvas of [this.base, this.live]) {
      canvas.width = Math.max(1, Math.round(width * ratio));
      canvas.height = Math.max(1, Math.round(height * ratio));
    }
    this.#moved();
  }

  /** @param {HTMLCanvasElement} canvas */
  #clear(canvas) {
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    return this.#context(canvas);
  }

  /** The context, scaled so that 1 is a CSS px at 100 %. @param {HTMLCanvasElement} canvas */
  #context(canvas) {
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const { x, y, zoom } = this.viewport;
    const scale = (canvas.width / Math.max(1, this.width)) * zoom;
    context.setTransform(scale, 0, 0, scale, -x * scale, -y * scale);
    return context;
  }
}
