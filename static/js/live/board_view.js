// The board on the screen: a canvas of finished things below, one of unfinished things above.

import { BoardDots } from "./board_dots.js";
import { BoardIndex } from "./board_index.js";
import { paintPlaces, textWidth } from "./board_paint.js";
import { paintPaper } from "./board_paper.js";
import { LiveLayer } from "./board_live.js";
import { TileLayer } from "./board_tiles.js";
import { UNITS, Viewport, touches } from "./geometry.js";

/** @typedef {import("./board.js").Board} Board @typedef {import("./board_state.js").Operation} Operation */
/** @typedef {import("./board_bounds.js").Box} Box */

// What a frame may spend on painting, in ms: less when frames come late, more when they come in time.
// While the board has never been seen whole there is nothing to keep moving, and it may spend far more.
const SPEND = { least: 2, most: 9, first: 6, opening: 60 };
const LATE_MS = 24;
// A zoom is shown by stretching the squares until it rests so long, or is so far from how they were painted.
const REST_MS = 110;
const FAR = 2;
// So many new things are painted into the squares at once; more come with the next slices.
const MANY = 40;

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
    this.context = /** @type {CanvasRenderingContext2D} */ (this.base.getContext("2d"));
    this.live = new LiveLayer(/** @type {HTMLCanvasElement} */ (root.querySelector('[data-canvas="live"]')));
    this.dots = new BoardDots(/** @type {HTMLElement} */ (root.querySelector("[data-dots]")));
    /** @type {() => {op: Operation, ahead?: number[]}[]} what is being drawn right now, by both; ahead: points the browser foretells */
    this.unfinished = () => [];
    /** @type {Set<(context: CanvasRenderingContext2D, view: BoardView) => void>} painted above all, 1 being a CSS px at 100 % */
    this.overlays = new Set();
    /** @type {Set<string>} things to look at anew before the next painting */
    this.touched = new Set();
    /** @type {BoardIndex|null} */
    this.index = null;
    this.spend = SPEND.first;
    this.opening = true;
    this.frameWanted = this.liveWanted = this.working = false;
    this.zoomedAt = this.lastFrame = 0;
    this.top = 0; // the place in the drawing order of the newest painted thing
    this.source = {
      within: (/** @type {Box} */ box) => this.places().within(box),
      paint: (/** @type {CanvasRenderingContext2D} */ context, /** @type {import("./board_index.js").Place[]} */ places, /** @type {number} */ from, /** @type {number} */ until, /** @type {number} */ scale) =>
        paintPlaces(context, places, from, until, scale, (place) => this.#renew([place])),
    };
    this.layer = new TileLayer(1, this.source);
    /** @type {TileLayer|null} the squares of the zoom before, shown where the new ones are not finished */
    this.older = null;
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
    this.viewport.zoomAt(factor, x, y);
    this.zoomedAt = performance.now();
    this.#moved();
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
      .filter(({ thing: { op }, shift: [dx, dy] }) => touches(op, bx - dx, by - dy, reach, op.do === "text" ? textWidth(this.context, op) : 0))
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
    this.older = null;
    this.layer = new TileLayer(this.#scale(), this.source);
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
    if (this.working) this.spend = now - this.lastFrame > LATE_MS ? Math.max(SPEND.least, this.spend * 0.7) : Math.min(SPEND.most, this.spend + 0.4);
    this.lastFrame = now;
    this.#rescale();
    this.places();
    const sight = this.#sight();
    const needed = this.layer.needed(sight);
    const finished = this.layer.work(needed, performance.now() + (this.opening ? SPEND.opening : this.spend));
    if (finished) this.older = null;
    if (finished && this.index && this.index.places.size > 0) this.opening = false;
    if (finished && this.working) performance.mark("board-painted");
    this.working = !finished;
    this.#compose(sight, needed);
    if (this.liveWanted) {
      this.liveWanted = false;
      this.live.paint(this.unfinished().filter(({ op }) => op.page === this.page), this.#sight(), (context) => {
        for (const overlay of this.overlays) overlay(context, this);
      });
    }
    if (!finished || this.layer.scale !== this.#scale()) this.#want();
  }

  /** @param {import("./board_tiles.js").Sight} sight @param {import("./board_tiles.js").Tile[]} needed */
  #compose(sight, needed) {
    const { context, base } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, base.width, base.height);
    this.older?.lay(context, sight, this.older.tiles.values(), false);
    this.layer.lay(context, sight, needed, this.older !== null);
    const paper = this.board.view.paper(this.page);
    if (paper === "plain") return;
    context.globalCompositeOperation = "destination-over";
    context.setTransform(sight.scale, 0, 0, sight.scale, -sight.x * sight.scale, -sight.y * sight.scale);
    paintPaper(context, paper, sight, this.viewport.zoom);
    context.globalCompositeOperation = "source-over";
  }

  /** Paint squares for the zoom of now, once it rests or has gone far. */
  #rescale() {
    const scale = this.#scale();
    const factor = scale / this.layer.scale;
    if (factor === 1) return;
    if (performance.now() - this.zoomedAt < REST_MS && factor < FAR && factor > 1 / FAR) return;
    this.working = true;
    if ([...this.layer.tiles.values()].some((tile) => tile.ready)) this.older = this.layer;
    this.layer = new TileLayer(scale, this.source);
  }

  /** @param {BoardIndex} index @param {string[]} ids */
  #refresh(index, ids) {
    const known = ids.filter((id) => index.places.has(id));
    if (known.length > 0) {
      this.#renew(index.refresh(this.board.view, ids));
      return;
    }
    index.refresh(this.board.view, ids);
    // Only new things: they lie on top of all, unless they are old ones that came back.
    const fresh = ids.flatMap((id) => index.places.get(id) ?? []).sort((a, b) => a.thing.at - b.thing.at);
    for (const place of fresh) {
      if (place.thing.at <= this.top || fresh.length > MANY) this.#renew([place]);
      else for (const layer of [this.layer, this.older]) layer?.add(place);
      this.top = Math.max(this.top, place.thing.at);
    }
  }

  /** @param {Box[]} boxes */
  #renew(boxes) {
    for (const box of boxes) for (const layer of [this.layer, this.older]) layer?.renew(box);
    this.#want();
  }

  #moved() {
    this.dots.show(this.viewport);
    this.redrawLive();
    this.onMove();
  }

  #resize() {
    const { width, height } = this.root.getBoundingClientRect();
    this.width = width;
    this.height = height;
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    for (const canvas of [this.base, this.live.canvas]) {
      canvas.width = Math.max(1, Math.round(width * ratio));
      canvas.height = Math.max(1, Math.round(height * ratio));
    }
    this.#moved();
  }

  /** Device px per CSS px at 100 %. */
  #scale() {
    return (this.base.width / Math.max(1, this.width)) * this.viewport.zoom;
  }

  /** @returns {import("./board_tiles.js").Sight} */
  #sight() {
    const { x, y, zoom } = this.viewport;
    return { x, y, width: this.width / zoom, height: this.height / zoom, scale: this.#scale() };
  }
}
