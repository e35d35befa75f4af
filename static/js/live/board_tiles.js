// The finished things as pictures, square by square. A square is painted once and then only pushed about by the browser's compositor;
// what is new is painted on top of it, what was taken away is painted anew around its place. Big work is done beside the page
// (board_easel.js) or, where a browser can't, in slices between frames.

import { UNITS } from "./geometry.js";
import { meets } from "./board_bounds.js";
import { newFace, newSheet, present, settle } from "./board_face.js";
import { SIDE, edges } from "./board_grid.js";

/**
 * @typedef {import("./board_bounds.js").Box} Box @typedef {import("./board_index.js").Place} Place
 * @typedef {import("./board_paint.js").How} How @typedef {import("./board_grid.js").Sight} Sight
 * @typedef {{within: (box: Box) => Place[], easel?: import("./board_easel.js").Easel,
 *   paint: (context: CanvasRenderingContext2D, places: Place[], from: number, until: number, how: How) => number}} Source
 *   `paint` paints until a moment of performance.now() and says how far it came
 * @typedef {import("./board_face.js").Sheet} Sheet
 * @typedef {{sheet: Sheet|null, places: Place[], next: number, how: How, over: boolean, due: boolean, away?: boolean}} Job  over: it adds to
 *   the picture that is seen; due: until it is done the square shows what is not so any more; away: it is being painted beside the page
 * @typedef {{i: number, j: number, box: Box, level: number, dirty: Box|null, job: Job|null, used: number, sheet: Sheet|null,
 *   face: HTMLCanvasElement|null, stale: boolean}} Tile  sheet: what this page has painted on, if it had to; face: what shows the square;
 *   stale: the sheet has a newer picture than the face
 */

/** What a square shows: nothing yet; a picture borrowed from another zoom; plain lines instead of ink; everything as it is. */
export const LEVEL = { NONE: 0, BORROWED: 1, DRAFT: 2, FINE: 3 };

// So many squares of a zoom are kept. They stay in the page when they are out of sight, where the compositor passes them over: to take
// one out and put it back costs more than twenty that lie there.
const KEPT = 48;
const SPARE = 8;
// So many things around a changed place, or on top of all, are painted at once; more than that in slices.
const AT_ONCE = 120;
const ON_TOP = 40;
// A square with no more things than that is painted as it is at once; a fuller one in plain lines first.
const FEW = 60;
// What is told to a canvas is painted later: after so many ms it is made to, so that a slice ends when it should.
const TOLD_MS = 1;

export class TileLayer {
  /** @param {number} scale device px per CSS px at 100 % @param {number} ratio device px per CSS px @param {Source} source */
  constructor(scale, ratio, source) {
    this.scale = scale;
    this.ratio = ratio;
    this.source = source;
    this.element = document.createElement("div");
    this.element.className = "board-tiles";
    /** @type {Map<string, Tile>} */
    this.tiles = new Map();
    /** @type {Sheet[]} canvases that nobody needs now */
    this.spare = [];
    this.clock = 0;
  }

  /** Squares, made if they are new. @param {{i: number, j: number}[]} cells @returns {Tile[]} */
  at(cells) {
    this.clock += 1;
    const found = cells.map(({ i, j }) => this.#tile(i, j));
    if (this.tiles.size > KEPT + found.length) this.#forget();
    return found;
  }

  /** Put the layer where a sight needs it, with these squares in it. @param {Sight} sight @param {Iterable<Tile>} tiles */
  show(sight, tiles) {
    const { style } = this.element;
    const factor = sight.scale / this.scale;
    // A square's pixels lie on the screen's, so that a board at rest is sharp.
    const edge = (/** @type {number} */ at) => (factor === 1 ? Math.round(-at * sight.scale) : -at * sight.scale) / this.ratio;
    const transform = `translate(${edge(sight.x)}px, ${edge(sight.y)}px) scale(${factor})`;
    if (style.transform !== transform) style.transform = transform;
    this.dress(tiles, Infinity);
  }

  /** Bring squares' pictures into the layer until a moment. @param {Iterable<Tile>} tiles @param {number} until @returns {boolean} whether
   *  all are in it */
  dress(tiles, until) {
    for (const tile of tiles) {
      if (tile.face?.parentNode && !tile.stale) continue;
      if (performance.now() > until) return false;
      const face = this.#face(tile);
      if (tile.stale && tile.sheet) present(face, tile.sheet.canvas);
      tile.stale = false;
      if (!face.parentNode) this.element.append(face);
    }
    return true;
  }

  /** Some things were put on top of all. @param {Place[]} places in drawing order */
  add(places) {
    for (const tile of this.tiles.values()) {
      const here = places.filter((place) => meets(tile.box, place));
      if (here.length === 0) continue;
      tile.job?.places.push(...here);
      if (tile.level === LEVEL.NONE || tile.job?.over) continue;
      if (here.length <= ON_TOP) {
        this.source.paint(this.#own(tile).context, here, 0, Infinity, this.#how(false));
        tile.stale = true;
      } else if (!tile.job && tile.level > LEVEL.BORROWED) {
        tile.job = { sheet: this.#own(tile), places: here, next: 0, how: this.#how(false), over: true, due: true };
      }
    }
  }

  /** Something changed within a box. @param {Box} box */
  renew(box) {
    for (const tile of this.tiles.values()) {
      if (!meets(tile.box, box)) continue;
      const old = tile.job && tile.level > LEVEL.BORROWED ? tile.box : (tile.dirty ?? box); // a painting that is given up was for all of it
      this.#drop(tile);
      tile.dirty = {
        minX: Math.min(old.minX, box.minX), minY: Math.min(old.minY, box.minY),
        maxX: Math.max(old.maxX, box.maxX), maxY: Math.max(old.maxY, box.maxY),
      };
    }
  }

  /**
   * Paint what is missing on these squares until a moment. @param {Tile[]} tiles @param {number} until @param {number} level how well
   * @returns {boolean} whether all of them are painted so well
   */
  work(tiles, until, level) {
    let finished = true;
    for (const tile of tiles) {
      while (tile.level < level || tile.dirty || tile.job?.due) {
        if (performance.now() <= until && this.#advance(tile, until, level)) continue;
        finished = false;
        break;
      }
    }
    return finished;
  }

  /**
   * Let squares that show nothing show what other zooms have there. @param {Tile[]} tiles @param {TileLayer[]} others the better ones last
   * @param {number} until
   * @returns {boolean} whether none of them is empty now
   */
  borrow(tiles, others, until) {
    // No more pixels than the others have: the compositor stretches them for nothing.
    const side = Math.min(SIDE, Math.ceil((SIDE * Math.max(...others.map(({ scale }) => scale))) / this.scale));
    let whole = true;
    for (const tile of tiles) {
      if (tile.level > LEVEL.NONE) continue;
      if (performance.now() > until) return false;
      for (const other of others) for (const from of other.tiles.values()) this.#copy(tile, side, from, this.scale / other.scale);
      whole &&= tile.level > LEVEL.NONE;
    }
    return whole;
  }

  /** Take a square's picture over from one of another zoom. @param {Tile} tile @param {number} side of the picture @param {Tile} from
   *  @param {number} factor */
  #copy(tile, side, from, factor) {
    const picture = from.sheet?.canvas ?? from.face;
    if (!picture || from.level === LEVEL.NONE || !meets(from.box, tile.box)) return;
    if (tile.level === LEVEL.NONE) {
      this.#drop(tile);
      tile.sheet = this.#sheet(side);
    }
    const { context } = /** @type {Sheet} */ (tile.sheet);
    const edge = (/** @type {number} */ n, /** @type {number} */ own) => Math.round((n * factor - own) * side);
    const [left, top] = [edge(from.i, tile.i), edge(from.j, tile.j)];
    const [width, height] = [edge(from.i + 1, tile.i) - left, edge(from.j + 1, tile.j) - top];
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(left, top, width, height);
    context.drawImage(picture, left, top, width, height);
    this.#lay(/** @type {Sheet} */ (tile.sheet), tile);
    tile.stale = true;
    // The very same square of the same zoom is as good as it was there.
    tile.level = factor === 1 && !from.dirty && !from.job?.due ? from.level : LEVEL.BORROWED;
  }

  /** @param {number} i @param {number} j */
  #tile(i, j) {
    const key = `${i},${j}`;
    let tile = this.tiles.get(key);
    if (!tile) {
      tile = { i, j, box: edges(i, j, this.scale), level: LEVEL.NONE, dirty: null, job: null, used: 0, sheet: null, face: null, stale: false };
      this.tiles.set(key, tile);
    }
    tile.used = this.clock;
    return tile;
  }

  /** What shows a square. @param {Tile} tile */
  #face(tile) {
    const side = SIDE / this.ratio;
    return (tile.face ??= newFace(side, tile.i * side, tile.j * side));
  }

  /** An empty sheet. @param {number} [side] device px @returns {Sheet} */
  #sheet(side = SIDE) {
    const kept = side === SIDE ? this.spare.pop() : undefined;
    if (!kept) return newSheet(side);
    kept.context.setTransform(1, 0, 0, 1, 0, 0);
    kept.context.clearRect(0, 0, SIDE, SIDE);
    return kept;
  }

  /** @param {Sheet|null} sheet that nobody needs now */
  #spare(sheet) {
    if (sheet?.canvas.width === SIDE && this.spare.length < SPARE) this.spare.push(sheet);
  }

  /** The sheet of a square whose picture this page has to paint on. @param {Tile} tile @returns {Sheet} */
  #own(tile) {
    if (!tile.sheet) {
      tile.sheet = this.#sheet();
      if (tile.face) tile.sheet.context.drawImage(tile.face, 0, 0);
      this.#lay(tile.sheet, tile);
    }
    return tile.sheet;
  }

  /** @param {boolean} draft @returns {How} */
  #how(draft) {
    return { scale: this.scale, draft, rough: false };
  }

  /** Take one step with a square. @param {Tile} tile @param {number} until @param {number} level @returns {boolean} whether it came to its end */
  #advance(tile, until, level) {
    if (tile.dirty && tile.level > LEVEL.BORROWED && !tile.job) {
      const places = this.source.within(overlap(tile.dirty, tile.box));
      if (places.length <= AT_ONCE) {
        this.#mend(tile, places);
        return true;
      }
    }
    const job = (tile.job ??= this.#begin(tile, level));
    if (job.away || this.#send(tile, job)) return false;
    if (!job.sheet) this.#lay((job.sheet = this.#sheet()), tile);
    for (let now = performance.now(); job.next < job.places.length; now = performance.now()) {
      if (now > until) return false;
      job.next = this.source.paint(job.sheet.context, job.places, job.next, now + TOLD_MS, job.how);
      settle(job.sheet);
    }
    tile.stale = true;
    this.#finish(tile, job);
    return true;
  }

  /** Begin to paint a square from nothing; what is seen stays until the new picture is whole. @param {Tile} tile @param {number} level
   *  @returns {Job} */
  #begin(tile, level) {
    const due = tile.dirty !== null;
    tile.dirty = null;
    const places = this.source.within(tile.box);
    const beside = this.source.easel?.wants(places.length) ?? false; // fine is soon there
    const draft = places.length > FEW && (level === LEVEL.FINE ? !beside && tile.level < LEVEL.DRAFT : tile.level < LEVEL.FINE);
    return { sheet: null, places, next: 0, how: this.#how(draft), over: false, due };
  }

  /** Have a square painted beside the page. @param {Tile} tile @param {Job} job @returns {boolean} whether it is, or will be when there is room */
  #send(tile, job) {
    const { easel } = this.source;
    if (job.next > 0 || job.over || !easel?.wants(job.places.length)) return false;
    if (!easel.free) return true;
    const sent = job.places.length;
    job.away = true;
    easel.send(tile, job.places, job.how, (painted) => {
      job.away = false;
      if (!painted || tile.job !== job) return;
      job.how.rough ||= painted.rough;
      job.next = sent;
      if (job.places.length === sent) {
        present(this.#face(tile), painted.image);
        tile.stale = false;
        this.#finish(tile, job);
        return;
      }
      job.sheet = this.#sheet(); // what was added meanwhile is painted here, on top
      job.sheet.context.drawImage(painted.image, 0, 0);
      this.#lay(job.sheet, tile);
    });
    return true;
  }

  /** A painting has come to its end. @param {Tile} tile @param {Job} job */
  #finish(tile, job) {
    tile.job = null;
    if (!job.over) tile.level = job.how.rough ? LEVEL.DRAFT : LEVEL.FINE;
    if (job.sheet === tile.sheet) return;
    this.#spare(tile.sheet);
    tile.sheet = job.sheet;
  }

  /** Give a painting up. @param {Tile} tile */
  #drop(tile) {
    if (tile.job && tile.job.sheet !== tile.sheet) this.#spare(tile.job.sheet);
    tile.job = null;
  }

  /** Paint a part of a finished square anew. @param {Tile} tile @param {Place[]} places */
  #mend(tile, places) {
    const { minX, minY, maxX, maxY } = /** @type {Box} */ (tile.dirty);
    tile.dirty = null;
    tile.stale = true;
    const sheet = this.#own(tile);
    const { context } = sheet;
    const device = (/** @type {number} */ unit) => (unit / UNITS) * this.scale;
    const left = Math.floor(device(minX)) - tile.i * SIDE;
    const top = Math.floor(device(minY)) - tile.j * SIDE;
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.beginPath();
    context.rect(left, top, Math.ceil(device(maxX)) - tile.i * SIDE - left, Math.ceil(device(maxY)) - tile.j * SIDE - top);
    context.clip();
    context.clearRect(0, 0, SIDE, SIDE);
    this.#lay(sheet, tile);
    this.source.paint(context, places, 0, Infinity, this.#how(false));
    context.restore();
    this.#lay(sheet, tile);
  }

  /** From now on a sheet is painted on in CSS px of the board at 100 %. @param {Sheet} sheet @param {Tile} tile */
  #lay({ canvas, context }, { i, j }) {
    const scale = (this.scale * canvas.width) / SIDE;
    context.setTransform(scale, 0, 0, scale, -i * canvas.width, -j * canvas.width);
  }

  #forget() {
    const least = this.clock - 1; // those of this frame were asked for in two parts
    const oldest = [...this.tiles].filter(([, { used }]) => used < least).sort((a, b) => a[1].used - b[1].used);
    for (const [key, tile] of oldest.slice(0, this.tiles.size - KEPT)) {
      this.#drop(tile);
      this.#spare(tile.sheet);
      tile.face?.remove();
      this.tiles.delete(key);
    }
  }
}

/** @param {Box} a @param {Box} b @returns {Box} */
function overlap(a, b) {
  return { minX: Math.max(a.minX, b.minX), minY: Math.max(a.minY, b.minY), maxX: Math.min(a.maxX, b.maxX), maxY: Math.min(a.maxY, b.maxY) };
}
