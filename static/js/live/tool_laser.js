// A point of light that the other one sees, and nobody keeps.

import { INK_KINDS } from "./protocol.js";

/** @typedef {import("./board_hand.js").Bench} Bench @typedef {import("./board_pointer.js").Spot} Spot */

export class LaserTool {
  tells = true; // its light is the pointer

  /** @param {Bench} bench */
  constructor(bench) {
    this.bench = bench;
  }

  /** @returns {import("./board_hand.js").Unfinished[]} */
  get current() {
    return [];
  }

  /** @param {Spot} spot */
  begin(spot) {
    this.#shine([spot]);
  }

  /** @param {Spot[]} spots */
  move(spots) {
    this.#shine(spots);
  }

  end() {}

  cancel() {}

  /** @param {Spot[]} spots */
  #shine(spots) {
    const { page } = this.bench.view;
    const points = spots.map((spot) => this.bench.place(spot));
    this.bench.onLaser(page, points.flatMap(([x, y]) => [x, y, 0]));
    for (const [x, y] of points) this.bench.sender.point(page, x, y, INK_KINDS.LASER);
  }
}
