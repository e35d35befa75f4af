// What a person does with the things on the page, however they are reached: by frame, by key, by list.

import { announce, fill } from "./announce.js";
import { windowNear } from "./board_glide.js";
import { nameOf, placeOf } from "./board_names.js";
import { newId } from "./ids.js";

const ASIDE = 240; // where a copy lies, in board units

export class BoardThings {
  /**
   * @param {{board: import("./board.js").Board, view: import("./board_view.js").BoardView, selection: import("./board_selection.js").Selection,
   *   follow: import("./board_follow.js").BoardFollow, text: import("./board_text.js").BoardText, stage: HTMLElement, facts: any,
   *   barred: () => boolean, commit: import("./board_hand.js").Bench["commit"]}} parts
   */
  constructor(parts) {
    this.parts = parts;
  }

  /** The ids of the page's things, in drawing order. */
  order() {
    const { board, view } = this.parts;
    return board.view.visible(view.page).map(({ id }) => id);
  }

  /** What a thing is called. @param {string} id */
  nameOf(id) {
    const { board, selection, follow, facts } = this.parts;
    const thing = board.view.things.get(id);
    const box = selection.boxOf(id);
    const window = /** @type {import("./board_selection.js").Box} */ (follow.look().box);
    return thing && box ? nameOf(thing, placeOf(box, window), { words: facts.words, me: facts.me, name: facts.name }) : "";
  }

  /** Bring a thing into sight. @param {string} id */
  reveal(id) {
    const { view, selection, follow } = this.parts;
    const box = selection.boxOf(id);
    const to = box && windowNear(box, view.viewport, view.width, view.height);
    if (to) follow.hand(() => follow.glide.to(to));
  }

  /** Go to a thing with the keyboard. @param {string} id */
  pick(id) {
    this.parts.stage.focus();
    this.parts.selection.set([id]);
    this.reveal(id);
    announce(this.nameOf(id));
  }

  /** Write the selected text anew. @returns {boolean} whether there was one */
  edit() {
    const { board, selection, text, barred } = this.parts;
    const [thing, ...more] = selection.things();
    if (!thing || more.length > 0 || thing.op.do !== "text" || barred()) return false;
    const [dx, dy] = board.view.shift(thing.id);
    const [x, y] = thing.op.at ?? [0, 0];
    selection.clear();
    text.edit(thing.id, thing.op, [x + dx, y + dy]);
    return true;
  }

  /** @param {string[]} [ids] */
  remove(ids = [...this.parts.selection.ids]) {
    const { view, selection, commit, facts, barred } = this.parts;
    if (ids.length === 0) return;
    commit({ do: "remove", ids }, ids);
    if (barred()) return;
    selection.keep(view.page);
    announce(fill(facts.words[ids.length === 1 ? "removed_one" : "removed"], { count: ids.length }));
  }

  duplicate() {
    const { selection, commit, barred } = this.parts;
    const group = newId();
    const copies = selection.copies(newId, ASIDE);
    for (const op of copies) commit(op, [], group, true);
    if (copies.length > 0 && !barred()) selection.set(copies.map(({ id }) => id ?? ""));
  }
}
