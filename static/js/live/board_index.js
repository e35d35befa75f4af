// Which things of a page lie where. No DOM. Asked for every painting, every touch of the eraser and every selection.
//
// Boxes stand side by side in the drawing order, and a question looks at all of them: twenty thousand comparisons of neighbouring
// numbers take less time than a tree's upkeep, what is found is in order already, and a board opens without building a tree.

import { around, bounds } from "./board_bounds.js";

/** @typedef {import("./board_bounds.js").Box} Box @typedef {import("./board_state.js").Thing} Thing */
/** @typedef {Box & {thing: Thing, shift: readonly [number, number]}} Place  where a visible thing is seen */

const FIRST_ROOM = 1024;

export class BoardIndex {
  /** @param {import("./board_state.js").BoardState} state @param {number} page */
  constructor(state, page) {
    this.page = page;
    /** @type {Map<string, Place>} */
    this.places = new Map();
    /** @type {Map<string, number>} */
    this.rows = new Map();
    /** @type {(Place|undefined)[]} */
    this.list = [];
    /** @type {number[]} the place of each row in the drawing order */
    this.order = [];
    /** least x, least y, most x, most y of each row; an empty box where nothing is seen */
    this.corners = new Float64Array(4 * FIRST_ROOM);
    this.count = 0;
    this.#fill(state);
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
      if (before) boxes.push(before);
      const thing = state.things.get(id);
      const seen = thing && thing.op.page === this.page && state.isVisible(id) ? this.#place(state, thing) : undefined;
      if (seen) boxes.push(seen);
      const row = this.rows.get(id);
      if (row !== undefined && (!seen || seen.thing.at === this.order[row])) this.#put(row, id, seen);
      else {
        if (row !== undefined) this.#put(row, id, undefined); // it lies elsewhere in the order now
        this.rows.delete(id);
        if (seen) fresh.push(seen);
      }
    }
    fresh.sort((a, b) => a.thing.at - b.thing.at);
    // New things lie on top of all others; where one comes back from further below, all rows are laid anew.
    if (fresh.length > 0 && this.count > 0 && fresh[0].thing.at < this.order[this.count - 1]) this.#fill(state);
    else for (const place of fresh) this.#push(place);
    return boxes;
  }

  /** What meets a box, in drawing order. @param {Box} box @returns {Place[]} */
  within({ minX, minY, maxX, maxY }) {
    const { corners, list, count } = this;
    const found = [];
    for (let row = 0, at = 0; row < count; row += 1, at += 4) {
      if (corners[at] > maxX || corners[at + 2] < minX || corners[at + 1] > maxY || corners[at + 3] < minY) continue;
      found.push(/** @type {Place} */ (list[row]));
    }
    return found;
  }

  /** Around everything on the page, or null when it is empty. @returns {Box|null} */
  all() {
    return around(this.places.values());
  }

  /** Lay all rows anew. @param {import("./board_state.js").BoardState} state */
  #fill(state) {
    this.places.clear();
    this.rows.clear();
    this.list.length = this.order.length = this.count = 0;
    for (const thing of state.visible(this.page).sort((a, b) => a.at - b.at)) this.#push(this.#place(state, thing));
  }

  /** @param {Place} place */
  #push(place) {
    if (this.count * 4 === this.corners.length) {
      const wider = new Float64Array(this.corners.length * 2);
      wider.set(this.corners);
      this.corners = wider;
    }
    this.rows.set(place.thing.id, this.count);
    this.order[this.count] = place.thing.at;
    this.count += 1;
    this.#put(this.count - 1, place.thing.id, place);
  }

  /** @param {number} row @param {string} id @param {Place|undefined} place undefined when it is not seen */
  #put(row, id, place) {
    this.list[row] = place;
    const at = row * 4;
    const { corners } = this;
    if (place) {
      this.places.set(id, place);
      corners[at] = place.minX;
      corners[at + 1] = place.minY;
      corners[at + 2] = place.maxX;
      corners[at + 3] = place.maxY;
    } else {
      this.places.delete(id);
      corners[at] = corners[at + 1] = Infinity;
      corners[at + 2] = corners[at + 3] = -Infinity;
    }
  }

  /** @param {import("./board_state.js").BoardState} state @param {Thing} thing @returns {Place} */
  #place(state, thing) {
    const shift = state.shift(thing.id);
    const { minX, minY, maxX, maxY } = bounds(thing.op);
    const [dx, dy] = shift;
    return { minX: minX + dx, minY: minY + dy, maxX: maxX + dx, maxY: maxY + dy, thing, shift };
  }
}
