// Which things of a page lie where. No DOM. Asked for every painting, every touch of the eraser and every selection.
//
// Boxes stand side by side in the drawing order, and a question looks at all of them: twenty thousand comparisons of neighbouring
// numbers take less time than a tree's upkeep, what is found is in order already, and a board opens without building a tree.

import { bounds } from "./board_bounds.js";

/** @typedef {import("./board_bounds.js").Box} Box @typedef {import("./board_state.js").Thing} Thing */
/** @typedef {Box & {thing: Thing, shift: readonly [number, number]}} Place  where a visible thing is seen */

const FIRST_ROOM = 1024;

export class BoardIndex {
  /** @param {import("./board_state.js").BoardState} state @param {number} page */
  constructor(state, page) {
    this.page = page;
    /** @type {Map<string, number>} */
    this.rows = new Map();
    /** @type {(Thing|undefined)[]} undefined where nothing is seen any more */
    this.things = [];
    /** @type {(Place|undefined)[]} made when they are asked for: of a board's thousands the screen shows some hundred */
    this.places = [];
    this.state = state;
    /** @type {number[]} the place of each row in the drawing order */
    this.order = [];
    /** least x, least y, most x, most y of each row; an empty box where nothing is seen */
    this.corners = new Float64Array(4 * FIRST_ROOM);
    this.count = 0;
    this.#fill();
  }

  /**
   * Look at some things anew. @param {import("./board_state.js").BoardState} state @param {Iterable<string>} ids
   * @returns {Box[]} what has to be painted again: where they were and where they are
   */
  refresh(state, ids) {
    this.state = state;
    const boxes = [];
    const fresh = [];
    for (const id of ids) {
      const row = this.rows.get(id);
      if (row !== undefined && this.things[row]) boxes.push(this.#box(row));
      const thing = state.things.get(id);
      const seen = thing && thing.op.page === this.page && state.isVisible(id) ? thing : undefined;
      if (row !== undefined && (!seen || seen.at === this.order[row])) {
        this.#put(row, seen);
        if (seen) boxes.push(this.#box(row));
        continue;
      }
      if (row !== undefined) this.#put(row, undefined); // it lies elsewhere in the order now
      this.rows.delete(id);
      if (seen) fresh.push(seen);
    }
    fresh.sort((a, b) => a.at - b.at);
    // New things lie on top of all others; where one comes back from further below, all rows are laid anew.
    if (fresh.length > 0 && this.count > 0 && fresh[0].at < this.order[this.count - 1]) this.#fill();
    else for (const thing of fresh) this.#push(thing);
    for (const { id } of fresh) boxes.push(this.#box(/** @type {number} */ (this.rows.get(id))));
    return boxes;
  }

  /** Where a thing is seen, if it is. @param {string} id @returns {Place|undefined} */
  placeOf(id) {
    const row = this.rows.get(id);
    return row === undefined || !this.things[row] ? undefined : this.#place(row);
  }

  /** What meets a box, in drawing order. @param {Box} box @returns {Place[]} */
  within({ minX, minY, maxX, maxY }) {
    const { corners, count } = this;
    const found = [];
    for (let row = 0, at = 0; row < count; row += 1, at += 4) {
      if (corners[at] > maxX || corners[at + 2] < minX || corners[at + 1] > maxY || corners[at + 3] < minY) continue;
      found.push(this.#place(row));
    }
    return found;
  }

  /** Around everything on the page, or null when it is empty. @returns {Box|null} */
  all() {
    const { corners, count } = this;
    const all = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
    for (let at = 0; at < 4 * count; at += 4) {
      all.minX = Math.min(all.minX, corners[at]);
      all.minY = Math.min(all.minY, corners[at + 1]);
      all.maxX = Math.max(all.maxX, corners[at + 2]);
      all.maxY = Math.max(all.maxY, corners[at + 3]);
    }
    return all.minX > all.maxX ? null : all;
  }

  /** Lay all rows anew. */
  #fill() {
    this.rows.clear();
    this.things.length = this.places.length = this.order.length = this.count = 0;
    for (const thing of this.state.visible(this.page)) this.#push(thing);
  }

  /** @param {Thing} thing */
  #push(thing) {
    if (this.count * 4 === this.corners.length) {
      const wider = new Float64Array(this.corners.length * 2);
      wider.set(this.corners);
      this.corners = wider;
    }
    this.rows.set(thing.id, this.count);
    this.order[this.count] = thing.at;
    this.count += 1;
    this.#put(this.count - 1, thing);
  }

  /** @param {number} row @param {Thing|undefined} thing undefined when it is not seen */
  #put(row, thing) {
    this.things[row] = thing;
    this.places[row] = undefined;
    const at = row * 4;
    const { corners } = this;
    if (thing) {
      const { minX, minY, maxX, maxY } = bounds(thing.op);
      const [dx, dy] = this.state.shift(thing.id);
      corners[at] = minX + dx;
      corners[at + 1] = minY + dy;
      corners[at + 2] = maxX + dx;
      corners[at + 3] = maxY + dy;
    } else {
      corners[at] = corners[at + 1] = Infinity;
      corners[at + 2] = corners[at + 3] = -Infinity;
    }
  }

  /** @param {number} row @returns {Box} */
  #box(row) {
    const { corners } = this;
    const at = 4 * row;
    return { minX: corners[at], minY: corners[at + 1], maxX: corners[at + 2], maxY: corners[at + 3] };
  }

  /** @param {number} row where something is seen @returns {Place} */
  #place(row) {
    const thing = /** @type {Thing} */ (this.things[row]);
    return (this.places[row] ??= Object.assign(this.#box(row), { thing, shift: this.state.shift(thing.id) }));
  }
}
