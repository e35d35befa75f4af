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
    /** @type {Map<string, number>} */
    this.rows = new Map();
    /** @type {(Place|undefined)[]} undefined where nothing is seen any more */
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
      const before = this.placeOf(id);
      if (before) boxes.push(before);
      const thing = state.things.get(id);
      const seen = thing && thing.op.page === this.page && state.isVisible(id) ? this.#place(state, thing) : undefined;
      if (seen) boxes.push(seen);
      const row = this.rows.get(id);
      if (row !== undefined && (!seen || seen.thing.at === this.order[row])) this.#put(row, seen);
      else {
        if (row !== undefined) this.#put(row, undefined); // it lies elsewhere in the order now
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

  /** Where a thing is seen, if it is. @param {string} id @returns {Place|undefined} */
  placeOf(id) {
    const row = this.rows.get(id);
    return row === undefined ? undefined : this.list[row];
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
    return around(this.list.filter((place) => place !== undefined));
  }

  /** Lay all rows anew. @param {import("./board_state.js").BoardState} state */
  #fill(state) {
    this.rows.clear();
    this.list.length = this.order.length = this.count = 0;
    for (const thing of state.visible(this.page)) this.#push(this.#place(state, thing));
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
    this.#put(this.count - 1, place);
  }

  /** @param {number} row @param {Place|undefined} place undefined when it is not seen */
  #put(row, place) {
    this.list[row] = place;
    const at = row * 4;
    const { corners } = this;
    if (place) {
      corners[at] = place.minX;
      corners[at + 1] = place.minY;
      corners[at + 2] = place.maxX;
      corners[at + 3] = place.maxY;
    } else {
      corners[at] = corners[at + 1] = Infinity;
      corners[at + 2] = corners[at + 3] = -Infinity;
    }
  }

  /** @param {import("./board_state.js").BoardState} state @param {Thing} thing @returns {Place} */
  #place(state, thing) {
    const shift = state.shift(thing.id);
    const place = /** @type {Place} */ (bounds(thing.op));
    place.thing = thing;
    place.shift = shift;
    if (shift[0] !== 0 || shift[1] !== 0) {
      place.minX += shift[0];
      place.minY += shift[1];
      place.maxX += shift[0];
      place.maxY += shift[1];
    }
    return place;
  }
}
