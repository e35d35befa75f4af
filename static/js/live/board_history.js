// Undo and redo of this person's own steps. No DOM. Undoing writes new steps, it never takes a line out of the log.

import { LIMIT } from "./protocol.js";

/** @typedef {import("./board_state.js").Operation} Operation @typedef {import("./board_state.js").BoardState} BoardState */
/**
 * What undoes a step and what does it again. `paper` and `words` say what must be there for it: what the other has changed since
 * stays theirs. @typedef {{undo: Operation, redo: Operation, group?: string, paper?: {page: number, undo: string, redo: string},
 *   words?: {id: string, undo: string, redo: string}}} Step
 */
/** @typedef {{load: () => string|null, save: (text: string) => void}} Store */

const DEPTH = 200;

export class History {
  /** @param {{store?: Store}} [parts] `store` lets the stacks outlive a reload: what they name is in the log */
  constructor({ store } = {}) {
    this.store = store;
    /** @type {Step[]} */
    this.done = [];
    /** @type {Step[]} */
    this.undone = [];
    this.#load();
  }

  /**
   * Remember an own step, before it is applied. @param {Operation} op
   * @param {string[]} [touched] ids that a removal hid: only these come back, not what the other hid before
   * @param {BoardState} [state] the board before the step
   * @param {string} [group] steps of one gesture carry the same word and are undone together
   */
  remember(op, touched = [], state, group) {
    const step = inverse(op, touched, state);
    if (!step) return;
    if (group) step.group = group;
    if (!joined(this.done.at(-1), step)) this.done.push(step);
    if (this.done.length > DEPTH) this.done.shift();
    this.undone = [];
    this.#save();
  }

  /** @param {BoardState} [state] the board now @returns {Operation|null} the step to write now, or null when there is nothing to undo */
  undo(state) {
    return this.#turn(this.done, this.undone, "undo", state);
  }

  /** @param {BoardState} [state] the board now @returns {Operation|null} */
  redo(state) {
    return this.#turn(this.undone, this.done, "redo", state);
  }

  /** The server has refused a step: it never was. @param {Operation} op */
  forget(op) {
    const same = JSON.stringify(op);
    const was = (/** @type {Step} */ step) => (op.id && op.do !== "edit" ? step.undo.ids?.length === 1 && step.undo.ids[0] === op.id : JSON.stringify(step.redo) === same);
    this.done = this.done.filter((step) => !was(step));
    this.undone = this.undone.filter((step) => !was(step));
    this.#save();
  }

  /** @param {Step[]} from @param {Step[]} to @param {"undo"|"redo"} way @param {BoardState} [state] @returns {Operation|null} */
  #turn(from, to, way, state) {
    const step = from.pop();
    if (!step) {
      this.#save();
      return null;
    }
    // What the other has changed since stays theirs: the step is forgotten and the one before it is taken.
    if (state && overtaken(step, way, state)) return this.#turn(from, to, way, state);
    to.push(step);
    this.#save();
    return step[way];
  }

  #load() {
    try {
      const { done, undone } = JSON.parse(this.store?.load() ?? "{}");
      if (Array.isArray(done) && Array.isArray(undone)) Object.assign(this, { done, undone });
    } catch {
      // Not readable any more: there is then nothing to undo, and nothing lost.
    }
  }

  #save() {
    this.store?.save(JSON.stringify({ done: this.done, undone: this.undone }));
  }
}

/** Put a step of the same gesture into the one before it. @param {Step|undefined} last @param {Step} step @returns {boolean} */
function joined(last, step) {
  if (!last || !step.group || last.group !== step.group || last.undo.do !== step.undo.do || last.redo.do !== step.redo.do) return false;
  if (!last.undo.ids || !last.redo.ids || !step.undo.ids || !step.redo.ids || step.undo.do === "move") return false;
  if (last.undo.ids.length + step.undo.ids.length > LIMIT.IDS) return false;
  last.undo = { ...last.undo, ids: [...last.undo.ids, ...step.undo.ids] };
  last.redo = { ...last.redo, ids: [...last.redo.ids, ...step.redo.ids] };
  return true;
}

/** Whether a step can do nothing here any more. @param {Step} step @param {"undo"|"redo"} way @param {BoardState} state */
function overtaken(step, way, state) {
  if (step.paper) return state.paper(step.paper.page) !== step.paper[way];
  const op = step[way];
  if (step.words) return !state.isVisible(step.words.id) || state.things.get(step.words.id)?.op.text !== step.words[way];
  // Taking back one's own drawing counts also where the other has erased it: then they can't bring it back.
  if (op.do === "move") return !(op.ids ?? []).some((id) => state.isVisible(id));
  return false;
}

/** @param {Operation} op @param {string[]} touched @param {BoardState} [state] @returns {Step|null} */
function inverse(op, touched, state) {
  if (op.do === "edit") {
    const before = state?.things.get(op.id ?? "")?.op.text;
    if (before === undefined) return null;
    return { undo: { ...op, text: before }, redo: op, words: { id: op.id ?? "", undo: op.text ?? "", redo: before } };
  }
  if (op.id) return { undo: { do: "remove", ids: [op.id] }, redo: { do: "restore", ids: [op.id] } };
  if (op.do === "clear" && op.mark) return { undo: { do: "restore", mark: op.mark }, redo: op };
  if ((op.do === "remove" || op.do === "clear") && touched.length > 0) {
    return { undo: { do: "restore", ids: touched }, redo: { do: "remove", ids: touched } };
  }
  if (op.do === "move") return { undo: { ...op, dx: -(op.dx ?? 0), dy: -(op.dy ?? 0) }, redo: op };
  if (op.do === "page_style" && state) {
    const before = state.paper(op.page ?? 0);
    return { undo: { ...op, style: before }, redo: op, paper: { page: op.page ?? 0, undo: op.style ?? "", redo: before } };
  }
  return null;
}
