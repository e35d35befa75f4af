// One short word for a whole board or chat, to see whether two screens show the same. No DOM.
// Two 32-bit FNV-1a sums with different starts: it finds faults, it is no signature.

/** @typedef {import("./board_state.js").BoardState} BoardState @typedef {import("./board_state.js").Operation} Operation */

/** @typedef {[number, number]} Sum */
const PRIME = 0x01000193;
/** @type {WeakMap<Operation, Sum>} operations never change, and long ink is read once */
const known = new WeakMap();

/** @returns {Sum} */
const start = () => [0x811c9dc5, 0x2b992ddf];

/** @param {Sum} sum @param {string} text */
function add(sum, text) {
  let [a, b] = sum;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, PRIME);
    b = Math.imul(b ^ unit ^ 0x5bd1, PRIME);
    b ^= b >>> 13;
  }
  sum[0] = a;
  sum[1] = b;
}

/** @param {Sum} sum */
const word = ([a, b]) => (a >>> 0).toString(16).padStart(8, "0") + (b >>> 0).toString(16).padStart(8, "0");

/** JSON with sorted keys: the order in which a browser or a database wrote them says nothing. @param {any} value @returns {string} */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join()}}`;
}

/** @param {Operation} op */
function sumOf(op) {
  let sum = known.get(op);
  if (!sum) {
    sum = start();
    add(sum, canonical(op));
    known.set(op, sum);
  }
  return sum;
}

/** The hash of what can be seen on all pages, in drawing order: 16 hexadecimal digits. @param {BoardState} state */
export function boardHash(state) {
  const sum = start();
  add(sum, `${state.pages}|${state.locked}|${[...state.papers].sort((a, b) => a[0] - b[0]).join()}`);
  for (const { id, op } of state.things.values()) {
    if (state.isVisible(id)) add(sum, `${sumOf(op)}${state.shift(id)}`);
  }
  return word(sum);
}

/** The hash of a chat that grows line by line. */
export class ChatDigest {
  constructor() {
    this.sum = start();
  }

  /** @param {{seq: number, author: string, client_id: string, payload: any}} entry the next message of the log */
  add({ seq, author, client_id, payload }) {
    add(this.sum, canonical([seq, author, client_id, payload]));
  }

  get word() {
    return word(this.sum);
  }
}

/**
 * Keeps an attribute of an element up to date whenever the browser has time: `data-board-digest="<seq>:<hash>"`. It is taken
 * away while own lines still wait for the server, so that a reader never compares what is not yet said.
 * @param {HTMLElement} root @param {import("./board.js").Board} board
 */
export function showDigest(root, board) {
  let wanted = false;
  const write = () => {
    wanted = false;
    if (board.pending.length === 0) root.dataset.boardDigest = `${board.seq}:${boardHash(board.view)}`;
  };
  board.onChange(() => {
    if (wanted) return;
    delete root.dataset.boardDigest;
    wanted = true;
    setTimeout(() => ("requestIdleCallback" in window ? requestIdleCallback(write, { timeout: 1000 }) : write()), 300);
  });
}
