// The board a person sees: the confirmed log, and on top of it what this browser has drawn and the server has not confirmed yet. No DOM.

import { BoardState } from "./board_state.js";

/** @typedef {import("./board_state.js").Line} Line @typedef {import("./board_state.js").Thing} Thing */
/** @typedef {import("./board_state.js").Change} Change */

/**
 * Own lines lie on the confirmed state like sheets. When another's line arrives they are lifted, it is written below them,
 * and they are laid on again when somebody looks: a thousand lines that arrive at once lift them once.
 */
export class Board {
  #state = new BoardState();
  #lifted = false;
  /** @type {{ids: string[], page: boolean}|null} */
  #gathered = null;

  constructor() {
    /** @type {Line[]} own lines on their way, in the order they were drawn */
    this.pending = [];
    /** @type {(() => void)[]} takes the laid own lines back */
    this.back = [];
    /** @type {number[]} the length of `back` below each pending line */
    this.marks = [];
    /** the newest line of the log that this board has seen */
    this.seq = 0;
    /** @type {Set<(change: Change) => void>} */
    this.listeners = new Set();
  }

  /** What is seen now. The object stays the same one and changes with the board. */
  get view() {
    if (this.#lifted) this.#lay();
    return this.#state;
  }

  /** Hear of every change. @param {(change: Change) => void} listener */
  onChange(listener) {
    this.listeners.add(listener);
  }

  /** Show an own line at once. @param {Line} line */
  draw(line) {
    if (this.#lifted) this.#lay();
    this.pending.push(line);
    this.marks.push(this.back.length);
    this.#tell(this.#state.apply(line, this.back));
  }

  /** Take the next line of the log (in order, each once). @param {Line} line */
  confirm(line) {
    this.seq = Math.max(this.seq, line.seq);
    const index = this.pending.findIndex((own) => own.client_id === line.client_id && own.author === line.author);
    if (index === 0 && !this.#lifted) {
      // It is in the view already, below everything still pending: from now on it can't be taken back.
      const floor = this.marks[1] ?? this.back.length;
      this.pending.shift();
      this.marks.shift();
      this.back.splice(0, floor);
      this.marks = this.marks.map((mark) => mark - floor);
      const thing = line.op.id ? this.#state.things.get(line.op.id) : undefined;
      if (thing && thing.author === line.author) thing.seq = line.seq;
      this.#tell(null);
      return;
    }
    this.#lift();
    if (index >= 0) this.pending.splice(index, 1);
    this.#tell(this.#state.apply(line));
  }

  /** Forget an own line that the server refused. @param {string} clientId */
  refuse(clientId) {
    const line = this.pending.find((one) => one.client_id === clientId);
    if (!line) return;
    this.#lift();
    this.pending = this.pending.filter((one) => one !== line);
    this.#tell({ ids: [line.op.id ?? "", ...(line.op.ids ?? [])], page: true });
    this.#lay();
  }

  #lift() {
    if (this.#lifted || this.pending.length === 0) return;
    for (let i = this.back.length - 1; i >= 0; i -= 1) this.back[i]();
    this.back = [];
    this.marks = [];
    this.#lifted = true;
  }

  #lay() {
    this.#lifted = false;
    const ids = [];
    for (const line of this.pending) {
      this.marks.push(this.back.length);
      const change = this.#state.apply(line, this.back);
      if (change?.added) ids.push(change.added.id);
      ids.push(...(change?.ids ?? []));
    }
    if (ids.length > 0) this.#tell({ ids }); // they may now lie over something new
  }

  /** Tell the listeners once of all that happens meanwhile. @param {() => void} happens */
  together(happens) {
    if (this.#gathered) {
      happens();
      return;
    }
    const gathered = (this.#gathered = { ids: /** @type {string[]} */ ([]), page: false });
    try {
      happens();
    } finally {
      this.#gathered = null;
      this.#tell(gathered);
    }
  }

  /** @param {Change|null} change */
  #tell(change) {
    if (this.#gathered) {
      if (change?.added) this.#gathered.ids.push(change.added.id);
      for (const id of change?.ids ?? []) this.#gathered.ids.push(id);
      this.#gathered.page ||= change?.page === true;
      return;
    }
    for (const listener of this.listeners) listener(change ?? { ids: [] });
  }
}
