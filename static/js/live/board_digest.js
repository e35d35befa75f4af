// One short word for a whole board or chat, to see whether two screens show the same. No DOM.
// Two 32-bit FNV-1a sums with different starts: it finds faults, it is no signature.

import { encodePoints } from "./ink_code.js";

/** @typedef {import("./board_state.js").BoardState} BoardState @typedef {import("./board_state.js").Operation} Operation */

/** @typedef {[number, number]} Sum */
const PRIME = 0x01000193;
// So many things are looked at between two looks at the clock.
const AT_ONCE = 64;
const SLICE_MS = 4;
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

/** @param {Sum} sum @param {number} number */
function mix(sum, number) {
  const a = Math.imul(sum[0] ^ number, PRIME);
  let b = Math.imul(sum[1] ^ number ^ 0x5bd1, PRIME);
  b ^= b >>> 13;
  sum[0] = a ^ (a >>> 15);
  sum[1] = b;
}

/** @param {Operation} op */
function sumOf(op) {
  let sum = known.get(op);
  if (!sum) {
    sum = start();
    // Ink by its code, which need not be read for it.
    const code = op.do === "stroke" ? (op.code ?? encodePoints(op.points ?? [])) : "";
    add(sum, code ? `${op.id}|${op.page}|${op.color}|${op.width}|${op.pen}|${code}` : canonical(op));
    known.set(op, sum);
  }
  return sum;
}

/** The hash in steps: each `next` looks at some things more, the last one returns the word. The board must stay as it is meanwhile.
 *  @param {BoardState} state @returns {Generator<void, string, void>} */
export function* boardHashing(state) {
  const sum = start();
  add(sum, `${state.pages}|${state.locked}|${[...state.papers].sort((a, b) => a[0] - b[0]).join()}`);
  let count = 0;
  for (const { id, op } of state.things.values()) {
    if (!state.isVisible(id)) continue;
    const [a, b] = sumOf(op);
    const [dx, dy] = state.shift(id);
    mix(sum, a);
    mix(sum, b);
    mix(sum, dx);
    mix(sum, dy);
    count += 1;
    if (count % AT_ONCE === 0) yield;
  }
  return word(sum);
}

/** The hash of what can be seen on all pages, in drawing order: 16 hexadecimal digits. @param {BoardState} state @returns {string} */
export function boardHash(state) {
  const hashing = boardHashing(state);
  for (;;) {
    const { done, value } = hashing.next();
    if (done) return value;
  }
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
  const soon = (/** @type {() => void} */ what) => ("requestIdleCallback" in window ? requestIdleCallback(what, { timeout: 1000 }) : setTimeout(what));
  /** @type {Generator<void, string, void>|null} */
  let hashing = null;
  let wanted = false;
  let changed = false;
  const write = () => {
    if (changed || !hashing) {
      changed = false;
      hashing = board.pending.length === 0 ? boardHashing(board.view) : null;
    }
    // In slices: a board of many thousand things must not hold up the pen.
    const until = performance.now() + SLICE_MS;
    let step = hashing?.next();
    while (step && !step.done && performance.now() < until) step = hashing?.next();
    if (step && !step.done) {
      soon(write);
      return;
    }
    hashing = null;
    wanted = false;
    if (step) root.dataset.boardDigest = `${board.seq}:${step.value}`;
  };
  board.onChange(() => {
    changed = true;
    if (wanted) return;
    delete root.dataset.boardDigest;
    wanted = true;
    setTimeout(() => soon(write), 300);
  });
}
