// Squares are painted beside the page, by a worker, so that pen and fingers never wait for them. Where a browser has no canvas for
// workers, or the worker breaks, the page paints them itself, in slices between frames (board_tiles.js).

import { fontsOf } from "./board_fonts.js";
import { Packer } from "./board_parcel.js";

/** @typedef {import("./board_index.js").Place} Place @typedef {import("./board_paint.js").How} How */
/** @typedef {{i: number, j: number}} Cell */
/** @typedef {(painted: {image: ImageBitmap, rough: boolean}|null) => void} Take */

// So many squares are on their way at once: the worker never waits, and seldom paints what nobody wants any more.
const AWAY = 3;
// Fewer things than that are painted sooner than sent.
const FEW = 24;

export class Easel {
  /** @param {{url: string, onPainted: () => void}} parts */
  constructor({ url, onPainted }) {
    this.onPainted = onPainted;
    this.packer = new Packer();
    /** @type {Map<number, Take>} */
    this.away = new Map();
    this.turn = 0;
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
    this.worker?.postMessage({ job, i, j, how, parcel: this.packer.pack(places), fonts: job === 1 ? fontsOf(document) : [] });
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
