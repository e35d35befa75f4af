// Undo and redo of this person's own steps. No DOM. Undoing writes new steps, it never takes a line out of the log.

/** @typedef {import("./board_state.js").Operation} Operation @typedef {import("./board_state.js").BoardState} BoardState */

const DEPTH = 200;

/** Two stacks of steps: each knows what undoes it and what does it again. */
export class History {
  constructor() {
    /** @type {Step[]} */
    this.done = [];
    /** @type {Step[]} */
    this.undone = [];
  }

  /**
   * Remember an own step, before it is applied. @param {Operation} op
   * @param {string[]} [touched] ids that a removal hid: only these come back, not what the other hid before
   * @param {BoardState} [state] the board before the step
   */
  remember(op, touched = [], state) {
    const step = inverse(op, touched, state);
    if (!step) return;
    this.done.push(step);
    if (this.done.length > DEPTH) this.done.shift();
    this.undone = [];
  }

  /** @param {BoardState} [state] the board now @returns {Operation|null} the step to write now, or null when there is nothing to undo */
  undo(state) {
    return this.#turn(this.done, this.undone, "undo", state);
  }

  /** @param {BoardState} [state] the board now @returns {Operation|null} */
  redo(state) {
    return this.#turn(this.undone, this.done, "redo", state);
  }

  /** @param {Step[]} from @param {Step[]} to @param {"undo"|"redo"} way @param {BoardState} [state] @returns {Operation|null} */
  #turn(from, to, way, state) {
    const step = from.pop();
    if (!step) return null;
    // What the other has changed since stays theirs: the step is forgotten and the one before it is taken.
    if (state && step.paper && state.paper(step.paper.page) !== step.paper[way]) return this.#turn(from, to, way, state);
    to.push(step);
    return step[way];
  }
}

/** @typedef {{undo: Operation, redo: Operation, paper?: {page: number, undo: string, redo: string}}} Step  paper: what must lie there */

/** @param {Operation} op @param {string[]} touched @param {BoardState} [state] @returns {Step|null} */
function inverse(op, touched, state) {
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
