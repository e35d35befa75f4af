// The finished things as pictures, square by square. A square is painted once and then only moved over the screen; what is new
// is painted on top of it, what was taken away is painted anew around its place. Big work is done in slices between two frames.

import { UNITS } from "./geometry.js";
import { meets } from "./board_bounds.js";

/**
 * @typedef {import("./board_bounds.js").Box} Box @typedef {import("./board_index.js").Place} Place
 * @typedef {{within: (box: Box) => Place[], paint: (context: CanvasRenderingContext2D, places: Place[], from: number, until: number, scale: number) => number}} Source
 *   `paint` paints until a moment of performance.now() and says how far it came
 * @typedef {{canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, places: Place[], next: number}} Job
 * @typedef {{i: number, j: number, box: Box, canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, ready: boolean, dirty: Box|null,
 *   job: Job|null, used: number}} Tile
 * @typedef {{x: number, y: number, width: number, height: number, scale: number}} Sight  what the screen shows: CSS px at 100 %, and
 *   device px for each of them
 */

const SIDE = 512;
const KEPT = 64;
// So many things around a changed place are painted at once; more than that in slices, while the old picture stays.
const AT_ONCE = 120;

export class TileLayer {
  /** @param {number} scale device px per CSS px at 100 % @param {Source} source */
  constructor(scale, source) {
    this.scale = scale;
    this.source = source;
    /** @type {Map<string, Tile>} */
    this.tiles = new Map();
    this.clock = 0;
  }

  /** The squares that a sight needs, made if they are new. @param {Sight} sight @returns {Tile[]} */
  needed(sight) {
    this.clock += 1;
    const side = SIDE / this.scale;
    const wanted = [];
    for (let j = Math.floor(sight.y / side); j * side < sight.y + sight.height; j += 1) {
      for (let i = Math.floor(sight.x / side); i * side < sight.x + sight.width; i += 1) wanted.push(this.#tile(i, j));
    }
    if (this.tiles.size > KEPT + wanted.length) this.#forget();
    return wanted;
  }

  /** Something was put on top of all. @param {Place} place */
  add(place) {
    for (const tile of this.tiles.values()) {
      if (!meets(tile.box, place)) continue;
      tile.job?.places.push(place);
      if (tile.ready) this.source.paint(tile.context, [place], 0, Infinity, this.scale);
    }
  }

  /** Something changed within a box. @param {Box} box */
  renew(box) {
    for (const tile of this.tiles.values()) {
      if (!meets(tile.box, box)) continue;
      const old = tile.job && tile.ready ? tile.box : (tile.dirty ?? box); // a painting that is given up was for all of it
      tile.job = null;
      tile.dirty = {
        minX: Math.min(old.minX, box.minX), minY: Math.min(old.minY, box.minY),
        maxX: Math.max(old.maxX, box.maxX), maxY: Math.max(old.maxY, box.maxY),
      };
    }
  }

  /**
   * Paint what is missing on these squares until a moment. @param {Tile[]} wanted @param {number} until
   * @returns {boolean} whether all of them are finished
   */
  work(wanted, until) {
    let finished = true;
    for (const tile of wanted) {
      if (tile.ready && !tile.dirty && !tile.job) continue;
      if (performance.now() > until || !this.#advance(tile, until)) finished = false;
    }
    return finished;
  }

  /** Lay the squares onto the screen. @param {CanvasRenderingContext2D} context @param {Sight} sight @param {Iterable<Tile>} tiles
   *  @param {boolean} over whether there is an older picture below, over which only finished squares go */
  lay(context, sight, tiles, over) {
    const factor = sight.scale / this.scale;
    const edge = (/** @type {number} */ n, /** @type {number} */ from) => Math.round(n * SIDE * factor - from * sight.scale);
    context.setTransform(1, 0, 0, 1, 0, 0);
    for (const tile of tiles) {
      if (over && !tile.ready) continue;
      const [left, top, right, bottom] = [edge(tile.i, sight.x), edge(tile.j, sight.y), edge(tile.i + 1, sight.x), edge(tile.j + 1, sight.y)];
      if (right <= 0 || bottom <= 0 || left >= context.canvas.width || top >= context.canvas.height) continue;
      if (over) context.clearRect(left, top, right - left, bottom - top);
      context.drawImage(tile.canvas, left, top, right - left, bottom - top);
    }
  }

  /** @param {number} i @param {number} j */
  #tile(i, j) {
    const key = `${i},${j}`;
    let tile = this.tiles.get(key);
    if (!tile) {
      const side = (SIDE / this.scale) * UNITS;
      const box = { minX: i * side, minY: j * side, maxX: (i + 1) * side, maxY: (j + 1) * side };
      tile = { i, j, box, ...this.#sheet(), ready: false, dirty: null, job: null, used: 0 };
      this.tiles.set(key, tile);
    }
    tile.used = this.clock;
    return tile;
  }

  #sheet() {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIDE;
    return { canvas, context: /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")) };
  }

  /** @param {Tile} tile @param {number} until @returns {boolean} whether it is finished */
  #advance(tile, until) {
    if (tile.ready && tile.dirty && !tile.job) {
      const places = this.source.within(overlap(tile.dirty, tile.box));
      if (places.length <= AT_ONCE) {
        this.#mend(tile, places);
        return true;
      }
    }
    if (!tile.job) {
      tile.dirty = null;
      const sheet = tile.ready ? this.#sheet() : tile;
      this.#place(sheet.context, tile, true);
      tile.job = { canvas: sheet.canvas, context: sheet.context, places: this.source.within(tile.box), next: 0 };
    }
    const job = tile.job;
    job.next = this.source.paint(job.context, job.places, job.next, until, this.scale);
    if (job.next < job.places.length) return false;
    Object.assign(tile, { canvas: job.canvas, context: job.context, ready: true, job: null });
    return true;
  }

  /** Paint a part of a finished square anew. @param {Tile} tile @param {Place[]} places */
  #mend(tile, places) {
    const { minX, minY, maxX, maxY } = /** @type {Box} */ (tile.dirty);
    tile.dirty = null;
    const { context } = tile;
    const device = (/** @type {number} */ unit) => (unit / UNITS) * this.scale;
    const left = Math.floor(device(minX)) - tile.i * SIDE;
    const top = Math.floor(device(minY)) - tile.j * SIDE;
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.beginPath();
    context.rect(left, top, Math.ceil(device(maxX)) - tile.i * SIDE - left, Math.ceil(device(maxY)) - tile.j * SIDE - top);
    context.clip();
    context.clearRect(0, 0, SIDE, SIDE);
    this.#place(context, tile, false);
    this.source.paint(context, places, 0, Infinity, this.scale);
    context.restore();
    this.#place(context, tile, false);
  }

  /** @param {CanvasRenderingContext2D} context @param {Tile} tile @param {boolean} clear */
  #place(context, { i, j }, clear) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    if (clear) context.clearRect(0, 0, SIDE, SIDE);
    context.setTransform(this.scale, 0, 0, this.scale, -i * SIDE, -j * SIDE);
  }

  #forget() {
    const oldest = [...this.tiles].sort((a, b) => a[1].used - b[1].used);
    for (const [key, tile] of oldest.slice(0, this.tiles.size - KEPT)) if (tile.used < this.clock) this.tiles.delete(key);
  }
}

/** @param {Box} a @param {Box} b @returns {Box} */
function overlap(a, b) {
  return { minX: Math.max(a.minX, b.minX), minY: Math.max(a.minY, b.minY), maxX: Math.min(a.maxX, b.maxX), maxY: Math.min(a.maxY, b.maxY) };
}
