// The other one's still picture, shown while no moving one comes.

import { Collector } from "./still.js";

const FRESH_MS = 20000;

export class StillView {
  /** @param {{root: ParentNode, onChange: () => void}} parts `onChange` when a picture has come or has grown old */
  constructor({ root, onChange }) {
    this.place = /** @type {HTMLImageElement} */ (root.querySelector("[data-still]"));
    this.onChange = onChange;
    this.fresh = false;
    const collector = new Collector((picture) => this.#receive(picture));
    this.take = (/** @type {ArrayBuffer} */ piece) => collector.take(piece);
  }

  /** @param {boolean} on */
  show(on) {
    this.place.hidden = !on;
  }

  /** @param {Uint8Array} picture */
  #receive(picture) {
    URL.revokeObjectURL(this.place.src);
    this.place.src = URL.createObjectURL(new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (picture)], { type: "image/jpeg" }));
    this.fresh = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.fresh = false;
      this.onChange();
    }, FRESH_MS);
    this.onChange();
  }
}
