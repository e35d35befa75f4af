// The finished things on the screen: the squares of one zoom are shown, those of the next are made ready behind them, and a small picture
// of everything stands in wherever nothing better is painted yet. A moving board therefore never shows an empty place.

import { LEVEL, TileLayer } from "./board_tiles.js";
import { nextCells, seenCells } from "./board_grid.js";

/** @typedef {import("./board_tiles.js").Tile} Tile @typedef {import("./board_grid.js").Sight} Sight @typedef {import("./board_bounds.js").Box} Box */

// A picture is stretched until it rests, or is so far from how it was painted.
const FAR = 1.6;
/** The least zoom: at it the small picture of everything is painted. */
const SMALL = 0.25;

export class BoardSheet {
  /** @param {HTMLElement} place @param {import("./board_tiles.js").Source} source */
  constructor(place, source) {
    this.place = place;
    this.source = source;
    this.ratio = 1;
    this.last = { x: 0, y: 0 };
    this.way = { x: 0, y: 0 };
    this.shown = new TileLayer(1, 1, source);
    /** @type {TileLayer|null} the squares of the zoom that is next shown */
    this.next = null;
    this.small = new TileLayer(SMALL, 1, source);
    place.replaceChildren(this.shown.element);
  }

  /** Begin with nothing. @param {number} scale device px per CSS px at 100 % @param {number} ratio device px per CSS px */
  reset(scale, ratio) {
    this.ratio = ratio;
    this.shown = new TileLayer(scale, ratio, this.source);
    this.next = null;
    this.small = new TileLayer(SMALL * ratio, ratio, this.source);
    this.place.replaceChildren(this.shown.element);
  }

  /** Things were put on top of all. @param {import("./board_index.js").Place[]} places in drawing order */
  add(places) {
    for (const layer of this.#layers()) layer.add(places);
  }

  /** Something changed within a box. @param {Box} box */
  renew(box) {
    for (const layer of this.#layers()) layer.renew(box);
  }

  /**
   * Show a sight and paint towards it. @param {Sight} sight @param {boolean} rests whether it will probably stay @param {number} until when
   * the painting has to stop @returns {{whole: boolean, done: boolean}} whole: what the sight shows is painted as it is; done: there is
   * nothing left to paint
   */
  frame(sight, rests, until) {
    this.#head(sight);
    this.#choose(sight, rests);
    const seen = this.shown.at(seenCells(sight, this.shown.scale));
    this.shown.borrow(seen, [this.small], Infinity);
    let whole = false;
    if (this.next) {
      if (this.#prepare(this.next, sight, rests, until)) return this.#turn(sight, this.next);
    } else whole = this.shown.work(seen, until, rests ? LEVEL.FINE : LEVEL.DRAFT) && rests && sight.scale === this.shown.scale;
    const near = this.shown.at(nextCells(sight, this.shown.scale, this.way.x, this.way.y));
    const around = !this.next && this.shown.work(near, until, LEVEL.DRAFT);
    const small = this.#stock(sight, whole || !rests ? until : 0);
    this.shown.show(sight, [...seen, ...near].filter(({ level }) => level > LEVEL.NONE));
    return { whole, done: whole && around && small };
  }

  /** Note which way the sight goes. @param {Sight} sight */
  #head({ x, y }) {
    const [dx, dy] = [x - this.last.x, y - this.last.y];
    this.last = { x, y };
    if (dx !== 0 || dy !== 0) this.way = { x: Math.sign(dx), y: Math.sign(dy) };
  }

  /** Whether other squares than those that are shown are wanted. @param {Sight} sight @param {boolean} rests */
  #choose({ scale }, rests) {
    const off = (/** @type {TileLayer} */ layer) => rests ? layer.scale !== scale : Math.max(layer.scale / scale, scale / layer.scale) > FAR;
    if (this.next && off(this.next)) this.next = null;
    if (this.next || !off(this.shown)) return;
    const fresh = new TileLayer(scale, this.ratio, this.source);
    if ([...this.shown.tiles.values()].some(({ level }) => level > LEVEL.NONE)) this.next = fresh;
    else {
      this.shown.element.replaceWith(fresh.element);
      this.shown = fresh;
    }
  }

  /** @param {TileLayer} next @param {Sight} sight @param {boolean} rests @param {number} until @returns {boolean} whether it can be shown */
  #prepare(next, sight, rests, until) {
    const seen = next.at(seenCells(sight, next.scale));
    // Nearer, the squares of the zoom before cover all: they are stretched until the new ones are painted.
    if (rests || next.scale > this.shown.scale) {
      if (next.scale === this.small.scale) next.borrow(seen, [this.small], until);
      return next.work(seen, until, LEVEL.DRAFT) && next.dress(seen, until);
    }
    // Far out, the many squares of the zoom before would cost more than a moment with nothing.
    return (next.borrow(seen, [this.small, this.shown], until) && next.dress(seen, until)) || this.shown.scale / sight.scale > FAR * FAR;
  }

  /** Show the next zoom's squares. @param {Sight} sight @param {TileLayer} next */
  #turn(sight, next) {
    next.show(sight, next.at(seenCells(sight, next.scale)));
    this.shown.element.replaceWith(next.element);
    this.shown = next;
    this.next = null;
    return { whole: false, done: false };
  }

  /** Paint on at the small picture of what lies around. @param {Sight} sight @param {number} until @returns {boolean} whether it is all there */
  #stock({ x, y, width, height, scale }, until) {
    const wide = { x: x - width, y: y - height, width: 3 * width, height: 3 * height, scale };
    return this.small.work(this.small.at(seenCells(wide, this.small.scale)), until, LEVEL.FINE);
  }

  #layers() {
    return [this.shown, this.small, ...(this.next ? [this.next] : [])];
  }
}
