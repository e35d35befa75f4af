// Squares are painted beside the page, by a worker, so that pen and fingers never wait for them. Where a browser has no canvas for
// workers, or the worker breaks, the page paints them itself, in slices between frames (board_tiles.js).

import { SIDE } from "./board_grid.js";
import { UNITS } from "./geometry.js";
import { Packer } from "./board_parcel.js";

/** @typedef {import("./board_index.js").Place} Place @typedef {import("./board_paint.js").How} How */
/** @typedef {{i: number, j: number}} Cell */
/** @typedef {{x: number, y: number, width: number, height: number, sheet: number}} Stamp  which part of which picture lies there in the square,
 *  device px */
/** @typedef {(painted: {image: ImageBitmap, rough: boolean}|null) => void} Take */

// So many squares are on their way at once: the worker never waits, and seldom paints what nobody wants any more.
const AWAY = 3;
// Fewer things than that are painted sooner than sent.
const FEW = 24;

export class Easel {
  /** @param {{url: string, stamp: (context: OffscreenCanvasRenderingContext2D, place: Place) => void, onPainted: () => void}} parts `stamp`
   *  paints what only a page can paint: text in the page's letters, pictures */
  constructor({ url, stamp, onPainted }) {
    this.stamp = stamp;
    this.onPainted = onPainted;
    this.packer = new Packer();
    /** @type {Map<number, Take>} */
    this.away = new Map();
    this.turn = 0;
    /** @type {OffscreenCanvas|undefined} what stamps are painted on */
    this.pad = undefined;
    /** @type {Worker|null} */
    this.worker = null;
    if (!url || typeof OffscreenCanvas !== "function" || typeof Worker !== "function") return;
    try {
      this.worker = new Worker(url, { type: "module" });
    } catch {
      return; // the browser allows none
    }
    this.worker.onmessage = ({ data }) => this.#painted(data);
    this.worker.onerror = this.worker.onmessageerror = () => this.#broken();
  }

  /** Whether a square with so many things is worth sending, now or as soon as there is room. @param {number} count */
  wants(count) {
    return this.worker !== null && count >= FEW;
  }

  get free() {
    return this.away.size < AWAY;
  }

  /** Have a square painted. @param {Cell} cell @param {Place[]} places in drawing order @param {How} how @param {Take} take gets the picture, or
   *  null when the worker has broken */
  send({ i, j }, places, how, take) {
    const job = (this.turn += 1);
    this.away.set(job, take);
    const stamped = (/** @type {Place} */ { thing: { op } }) => op.do === "text" || op.do === "image";
    const { stamps, sheets } = this.#stamps(places.filter(stamped), i, j, how.scale);
    const parcel = this.packer.pack(places, stamped);
    this.worker?.postMessage({ job, i, j, how: { ...how }, parcel, stamps, sheets }, sheets);
  }

  /** Things that lie apart are painted on one sheet, each at its place. @param {Place[]} places @param {number} i @param {number} j
   *  @param {number} scale @returns {{stamps: Stamp[], sheets: ImageBitmap[]}} */
  #stamps(places, i, j, scale) {
    /** @type {ImageBitmap[]} */
    const sheets = [];
    /** @type {Stamp[]} */
    const stamps = [];
    if (places.length === 0) return { stamps, sheets };
    const pad = (this.pad ??= new OffscreenCanvas(SIDE, SIDE));
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (pad.getContext("2d", { willReadFrequently: true }));
    for (const place of places) {
      const { x, y, width, height } = partIn(place, i, j, scale);
      const meets = (/** @type {Stamp} */ one) => one.x < x + width && one.x + one.width > x && one.y < y + height && one.y + one.height > y;
      if (stamps.some((one) => one.sheet === sheets.length && meets(one))) sheets.push(pad.transferToImageBitmap()); // which empties it
      stamps.push({ x, y, width, height, sheet: sheets.length });
      const [dx, dy] = place.shift;
      context.setTransform(scale, 0, 0, scale, (dx / UNITS) * scale - i * SIDE, (dy / UNITS) * scale - j * SIDE);
      this.stamp(context, place);
    }
    sheets.push(pad.transferToImageBitmap());
    return { stamps, sheets };
  }

  /** @param {{job: number, image: ImageBitmap|null, rough: boolean}} data */
  #painted({ job, image, rough }) {
    if (!image) {
      this.#broken();
      return;
    }
    this.away.get(job)?.({ image, rough });
    this.away.delete(job);
    image.close();
    this.onPainted();
  }

  #broken() {
    this.worker?.terminate();
    this.worker = null;
    for (const take of this.away.values()) take(null);
    this.away.clear();
    this.onPainted();
  }
}

/** The part of a thing that lies in a square, in device px. @param {Place} place @param {number} i @param {number} j @param {number} scale */
function partIn(place, i, j, scale) {
  const within = (/** @type {number} */ unit, /** @type {number} */ own) => Math.min(SIDE, Math.max(0, (unit / UNITS) * scale - own * SIDE));
  const [x, y] = [Math.floor(within(place.minX, i)), Math.floor(within(place.minY, j))];
  return { x, y, width: Math.ceil(within(place.maxX, i)) - x, height: Math.ceil(within(place.maxY, j)) - y };
}
