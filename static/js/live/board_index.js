// Which things of a page lie where. No DOM. Asked for every painting, every touch of the eraser and every selection.

import RBush from "rbush";
import { around, bounds } from "./board_bounds.js";

/** @typedef {import("./board_bounds.js").Box} Box @typedef {import("./board_state.js").Thing} Thing */
/** @typedef {Box & {thing: Thing, shift: readonly [number, number]}} Place  where a visible thing is seen */

export class BoardIndex {
  /** @param {import("./board_state.js").BoardState} state @param {number} page */
  constructor(state, page) {
    this.page = page;
    /** @type {RBush<Place>} */
    this.tree = new RBush();
    /** @type {Map<string, Place>} */
    this.places = new Map();
    const places = state.visible(page).map((thing) => this.#place(state, thing));
    for (const place of places) this.places.set(place.thing.id, place);
    this.tree.load(places);
  }

  /**
   * Look at some things anew. @param {import("./board_state.js").BoardState} state @param {Iterable<string>} ids
   * @returns {Box[]} what has to be painted again: where they were and where they are
   */
  refresh(state, ids) {
    const boxes = [];
    const fresh = [];
    for (const id of ids) {
      const before = this.places.get(id);
      if (before) {
        this.tree.remove(before);
        this.places.delete(id);
        boxes.push(before);
      }
      const thing = state.things.get(id);
      if (!thing || thing.op.page !== this.page || !state.isVisible(id)) continue;
      const place = this.#place(state, thing);
      this.places.set(id, place);
      fresh.push(place);
      boxes.push(place);
    }
    this.tree.load(fresh);
    return boxes;
  }

  /** What lies in a box, in drawing order. @param {Box} box @returns {Place[]} */
  within(box) {
    return this.tree.search(box).sort((a, b) => a.thing.at - b.thing.at);
  }

  /** Around everything on the page, or null when it is empty. @returns {Box|null} */
  all() {
    return around(this.places.values());
  }

  /** @param {import("./board_state.js").BoardState} state @param {Thing} thing @returns {Place} */
  #place(state, thing) {
    const shift = state.shift(thing.id);
    const { minX, minY, maxX, maxY } = bounds(thing.op);
    const [dx, dy] = shift;
    return { minX: minX + dx, minY: minY + dy, maxX: maxX + dx, maxY: maxY + dy, thing, shift };
  }
}
