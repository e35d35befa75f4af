// The board on the screen: dots and paper, the finished things on them, and above all a canvas of unfinished ones.

import { BoardDots } from "./board_dots.js";
import { Easel } from "./board_easel.js";
import { BoardIndex } from "./board_index.js";
import { paintPlaces, textWidth } from "./board_paint.js";
import { PaperLayer } from "./board_paper.js";
import { LiveLayer } from "./board_live.js";
import { BoardSheet } from "./board_sheet.js";
import { UNITS, Viewport, touches } from "./geometry.js";

/** @typedef {import("./board.js").Board} Board @typedef {import("./board_state.js").Operation} Operation */
/** @typedef {import("./board_bounds.js").Box} Box @typedef {import("./board_index.js").Place} Place */

// What a frame may spend on painting, in ms: little while the board moves or somebody draws; less when frames come late.
// While the board has never been seen whole there is nothing to keep moving, and it may spend far more.
const SPEND = { least: 1.5, moving: 4, resting: 9, opening: 60 };
const LATE_MS = 24;
// More new things than that, and than there were, are taken in at once.
const MANY = 500;
// So long after the last move the board rests, and is painted as it is.
const REST_MS = 110;
// More pixels than that for a CSS px nobody sees, and a phone has to paint them all.
const SHARP_MOST = 3;

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
    this.ratio = 1;
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector(name));
    this.live = new LiveLayer(/** @type {HTMLCanvasElement} */ (part('[data-canvas="live"]')));
    this.dots = new BoardDots(part("[data-dots]"));
    this.paper = new PaperLayer(/** @type {HTMLCanvasElement} */ (part('[data-canvas="paper"]')));
    /** @type {() => {op: Operation, ahead?: number[]}[]} what is being drawn right now, by both; ahead: points the browser foretells */
    this.unfinished = () => [];
    /** @type {Set<string>} things to look at anew before the next painting */
    this.touched = new Set();
    /** @type {BoardIndex|null} */
    this.index = null;
    this.opening = true;
    this.frameWanted = this.liveWanted = this.working = false;
    this.spend = SPEND.moving;
    this.movedAt = this.lastFrame = -Infinity;
    this.top = 0; // the place in the drawing order of the newest painted thing
    const squares = part("[data-squares]");
    this.sheet = new BoardSheet(squares, {
      easel: new Easel({
        url: squares.dataset.painter ?? "",
        onPainted: () => this.#want(),
      }),
      within: (box) => this.places().within(box),
      paint: (context, places, from, until, how) => paintPlaces(context, places, from, until, how, (place) => this.#renew([place])),
    });
    board.onChange((change) => {
      this.working = true;
      if (change.added) this.touched.add(change.added.id);
      for (const id of change.ids) this.touched.add(id);
      this.#want();
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
    if (this.viewport.zoomAt(factor, x, y)) this.#moved();
  }

  /** Back to 100 % at the top left. */
  home() {
    Object.assign(this.viewport, { x: 0, y: 0, zoom: 1 });
    this.#moved();
  }

  /** Where the things of this page lie now. */
  places() {
    const state = this.board.view;
    if (!this.index || this.index.page !== this.page) {
      this.index = new BoardIndex(state, this.page);
      this.touched.clear();
    } else if (this.touched.size > 0) {
      const ids = [...this.touched];
      this.touched.clear();
      this.#refresh(this.index, ids);
    }
    return this.index;
  }

  /** The ids of visible things near a point of the screen, topmost first. @param {number} x @param {number} y @param {number} reachPx */
  hit(x, y, reachPx) {
    const [bx, by] = this.viewport.toBoard(x, y);
    const reach = (reachPx / this.viewport.zoom) * UNITS;
    return this.places()
      .within({ minX: bx - reach, minY: by - reach, maxX: bx + reach, maxY: by + reach })
      .filter(({ thing: { op }, shift: [dx, dy] }) => touches(op, bx - dx, by - dy, reach, op.do === "text" ? textWidth(this.live.context, op) : 0))
      .map(({ thing }) => thing.id)
      .reverse();
  }

  /** The ids of the things that lie wholly within a box of the board, in drawing order. @param {Box} box */
  inside(box) {
    return this.places()
      .within(box)
      .filter((place) => place.minX >= box.minX && place.minY >= box.minY && place.maxX <= box.maxX && place.maxY <= box.maxY)
      .map(({ thing }) => thing.id);
  }

  /** Paint everything anew. */
  redraw() {
    this.index = null;
    this.sheet.reset(this.#scale(), this.ratio);
    this.working = true;
    this.#want();
  }

  redrawLive() {
    this.liveWanted = true;
    this.#want();
  }

  #want() {
    if (this.frameWanted) return;
    this.frameWanted = true;
    requestAnimationFrame((now) => {
      this.frameWanted = false;
      this.#frame(now);
    });
  }

  /** @param {number} now */
  #frame(now) {
    const unfinished = this.unfinished();
    const rests = performance.now() - this.movedAt > REST_MS;
    const until = performance.now() + this.#budget(now, rests && unfinished.length === 0);
    const sight = this.#sight();
    this.dots.show(this.viewport, rests);
    this.paper.show(this.board.view.paper(this.page), this.viewport, this.width, this.height, this.ratio);
    if (this.liveWanted) {
      this.liveWanted = false;
      this.live.paint(unfinished.filter(({ op }) => op.page === this.page), sight, this.ratio);
    }
    this.places();
    const { whole, done } = this.sheet.frame(sight, rests, until);
    if (whole && this.index && this.index.count > 0) this.opening = false;
    if (whole && this.working) performance.mark("board-painted");
    if (whole) this.working = false;
    if (!done) this.#want();
  }

  /** What this frame may spend on painting, in ms. @param {number} now @param {boolean} idle */
  #budget(now, idle) {
    if (now - this.lastFrame > LATE_MS) this.spend = Math.max(SPEND.least, this.spend * 0.7);
    else this.spend = Math.min(SPEND.moving, this.spend + 0.3);
    this.lastFrame = now;
    if (this.opening) return SPEND.opening;
    return idle ? SPEND.resting : this.spend;
  }

  /** @param {BoardIndex} index @param {string[]} ids */
  #refresh(index, ids) {
    if (ids.length > Math.max(MANY, index.count)) {
      // A board that opens: looking at all of it at once takes less than looking for each thing's place.
      this.index = new BoardIndex(this.board.view, this.page);
      this.top = Math.max(this.top, this.index.order.at(-1) ?? 0);
      const all = this.index.all();
      this.#renew(all ? [all] : []);
      return;
    }
    const known = ids.some((id) => index.placeOf(id));
    const boxes = index.refresh(this.board.view, ids);
    if (known) {
      this.#renew(boxes);
      return;
    }
    // Only new things: they lie on top of all, unless they are old ones that came back.
    const fresh = ids.flatMap((id) => index.placeOf(id) ?? []).sort((a, b) => a.thing.at - b.thing.at);
    const old = fresh.filter(({ thing }) => thing.at <= this.top);
    this.#renew(old);
    this.sheet.add(fresh.slice(old.length));
    this.top = Math.max(this.top, fresh.at(-1)?.thing.at ?? 0);
  }

  /** @param {Box[]} boxes */
  #renew(boxes) {
    for (const box of boxes) this.sheet.renew(box);
    if (boxes.length === 0) return;
    this.working = true;
    this.#want();
  }

  #moved() {
    this.movedAt = performance.now();
    this.redrawLive();
    this.onMove();
  }

  #resize() {
    const { width, height } = this.root.getBoundingClientRect();
    this.width = width;
    this.height = height;
    const ratio = Math.min(window.devicePixelRatio || 1, SHARP_MOST);
    if (ratio !== this.ratio) {
      this.ratio = ratio;
      this.redraw();
    }
    this.working = true;
    this.redrawLive();
    this.onMove();
  }

  /** Device px per CSS px at 100 %. */
  #scale() {
    return this.ratio * this.viewport.zoom;
  }

  /** @returns {import("./board_grid.js").Sight} */
  #sight() {
    const { x, y, zoom } = this.viewport;
    return { x, y, width: this.width / zoom, height: this.height / zoom, scale: this.#scale() };
  }
}
