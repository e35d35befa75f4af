// The eraser takes whole things, by touch. One sweep is one undo.

import { newId } from "./ids.js";
import { LIMIT } from "./protocol.js";

/** @typedef {import("./board_hand.js").Bench} Bench @typedef {import("./board_pointer.js").Spot} Spot */

const REACH_PX = 12;
const STEP_PX = 8;

export class EraserTool {
  /** @param {Bench} bench */
  constructor(bench) {
    this.bench = bench;
    /** @type {Spot|null} */
    this.last = null;
    this.group = "";
  }

  /** @returns {import("./board_hand.js").Unfinished[]} */
  get current() {
    return [];
  }

  /** @param {Spot} spot */
  begin(spot) {
    this.group = newId();
    this.last = spot;
    this.#erase(spot);
  }

  /** @param {Spot[]} spots */
  move(spots) {
    for (const spot of spots) {
      // A fast sweep jumps: what lies between is touched too.
      const from = this.last ?? spot;
      const steps = Math.max(1, Math.ceil(Math.hypot(spot.x - from.x, spot.y - from.y) / STEP_PX));
      for (let i = 1; i <= steps; i += 1) {
        this.#erase({ x: from.x + ((spot.x - from.x) * i) / steps, y: from.y + ((spot.y - from.y) * i) / steps, pressure: 0 });
      }
      this.last = spot;
    }
  }

  end() {
    this.last = null;
  }

  cancel() {
    this.last = null;
  }

  /** @param {Spot} spot */
  #erase(spot) {
    const hit = this.bench.view.hit(spot.x, spot.y, REACH_PX).slice(0, LIMIT.IDS);
    if (hit.length > 0) this.bench.commit({ do: "remove", ids: hit }, hit, this.group);
  }
}
