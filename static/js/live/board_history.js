// Undo and redo of this person's own steps. No DOM. Undoing writes new steps, it never takes a line out of the log.

/** @typedef {import("./board_state.js").Operation} Operation */

const DEPTH = 200;

/** Two stacks of steps: each knows what undoes it and what does it again. */
export class History {
  constructor() {
    /** @type {{undo: Operation, redo: Operation}[]} */
    this.done = [];
    /** @type {{undo: Operation, redo: Operation}[]} */
    this.undone = [];
  }

  /**
   * Remember an own step. @param {Operation} op
   * @param {string[]} touched ids that the step hid (for remove and clear): only these come back, not what the other hid before
   */
  remember(op, touched = []) {
    const step = inverse(op, touched);
    if (!step) return;
    this.done.push(step);
    if (this.done.length > DEPTH) this.done.shift();
    this.undone = [];
  }

  /** @returns {Operation|null} the step to write now, or null when there is nothing to undo */
  undo() {
    const step = this.done.pop();
    if (!step) return null;
    this.undone.push(step);
    return step.undo;
  }

  /** @returns {Operation|null} */
  redo() {
    const step = this.undone.pop();
    if (!step) return null;
    this.done.push(step);
    return step.redo;
  }
}

/** @param {Operation} op @param {string[]} touched @returns {{undo: Operation, redo: Operation}|null} */
function inverse(op, touched) {
  if (op.id) return { undo: { do: "remove", ids: [op.id] }, redo: { do: "restore", ids: [op.id] } };
  if ((op.do === "remove" || op.do === "clear") && touched.length > 0) {
    return { undo: { do: "restore", ids: touched }, redo: { do: "remove", ids: touched } };
  }
  return null;
}
