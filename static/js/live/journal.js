// The browser's end of the lesson's log. No DOM. What was written here is kept until the server says it is committed;
// what was written elsewhere arrives in order, each line once.

import { BOARD, CHAT, LIMIT } from "./protocol.js";

/**
 * @typedef {{seq: number, kind: string, author: string, client_id: string, payload: any, at: number}} Entry
 * @typedef {{client_id: string, seq?: number, at?: number, code?: string, message?: string}} Answer
 */

// A page of the log that came quickly is followed by one twice as long: few questions on a good line, and on a weak one no
// answer so long that the line seems dead.
const PAGE_LINES = 1000;
const QUICK_MS = 800;
const SLOW_MS = 4000;
const GAP_MS = 200;
const RETRY_MS = [400, 1000, 2000, 4000];

/** @param {any} answer to journal_sync @returns {{entries: Entry[], more: boolean}} */
export function pageOf({ authors, lines, more }) {
  const entries = lines.map((/** @type {any[]} */ [seq, board, author, client_id, at, payload]) => ({
    seq, kind: board ? BOARD : CHAT, author: authors[author], client_id, at, payload,
  }));
  return { entries, more };
}

/** Applies entries in order and asks for what is missing. */
export class Journal {
  /**
   * @param {{ask: (since: number, most: number) => Promise<{entries: Entry[], more: boolean}>, onEntry: (entry: Entry) => void,
   *   together?: (receive: () => void) => void}} parts `together` surrounds the entries that came at once
   */
  constructor({ ask, onEntry, together = (receive) => receive() }) {
    this.ask = ask;
    this.onEntry = onEntry;
    this.together = together;
    this.seq = 0;
    /** @type {Set<string>|null} the client ids that have come, while somebody may still ask for them */
    this.came = new Set();
    /** @type {Map<number, Entry>} lines that came before their turn */
    this.early = new Map();
    this.syncing = false;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.gap = undefined;
  }

  /** Take lines in any order, also twice. @param {Entry[]} entries */
  receive(entries) {
    this.together(() => {
      for (const entry of entries) {
        if (entry.seq === this.seq + 1) this.#take(entry);
        else if (entry.seq > this.seq) this.early.set(entry.seq, entry);
      }
      for (let next = this.early.get(this.seq + 1); next; next = this.early.get(this.seq + 1)) this.#take(next);
      for (const seq of this.early.keys()) if (seq <= this.seq) this.early.delete(seq);
    });
    clearTimeout(this.gap);
    if (this.early.size > 0) this.gap = setTimeout(() => this.sync().catch(() => {}), GAP_MS);
  }

  /** The client ids of all lines until now, for who asks once. @returns {Set<string>} */
  written() {
    const came = this.came ?? new Set();
    this.came = null;
    return came;
  }

  /** @param {Entry} entry the next one */
  #take(entry) {
    if (this.early.size > 0) this.early.delete(entry.seq);
    this.seq = entry.seq;
    this.came?.add(entry.client_id);
    this.onEntry(entry);
  }

  /** Fetch everything after the last known line. Rejects when the server can't be reached. */
  async sync() {
    if (this.syncing) return;
    this.syncing = true;
    try {
      let most = PAGE_LINES;
      let asked = performance.now();
      let page = this.ask(this.seq, most);
      for (;;) {
        const { entries, more } = await page;
        const took = performance.now() - asked;
        if (took < QUICK_MS) most = Math.min(most * 2, LIMIT.SYNC_ENTRIES);
        else if (took > SLOW_MS) most = PAGE_LINES;
        const last = entries.at(-1)?.seq;
        const goesOn = more && last !== undefined;
        asked = performance.now();
        if (goesOn) page = this.ask(last, most); // it is on its way while this one is drawn
        if (goesOn) page.catch(() => {}); // what goes wrong is heard at the next turn
        this.receive(entries);
        if (!goesOn) return;
      }
    } finally {
      this.syncing = false;
    }
  }
}

/**
 * Sends items in order, one batch at a time, again and again until each is answered.
 * @template {{client_id: string}} T
 */
export class Outbox {
  /**
   * @param {{send: (batch: T[]) => Promise<Answer[]>, onAnswer: (item: T, answer: Answer) => void, batch: number,
   *   shelf?: import("./shelf.js").Shelf<T>, size?: (item: T) => number, room?: number, onChange?: (waiting: number) => void}} parts
   * `shelf` is where waiting items outlive the page; `room` is the largest batch by `size`.
   */
  constructor({ send, onAnswer, batch, shelf, size = () => 0, room = Infinity, onChange = () => {} }) {
    this.send = send;
    this.onAnswer = onAnswer;
    this.batch = batch;
    this.shelf = shelf;
    this.size = size;
    this.room = room;
    this.onChange = onChange;
    /** @type {T[]} */
    this.items = [];
    this.open = false;
    this.sending = false;
    this.failures = 0;
  }

  /**
   * Fetch what an earlier page could not send any more; it stands before what was added since. Some of it may stand in the log already.
   * @param {number} now the server's time @returns {Promise<T[]>} what was found
   */
  async restore(now) {
    const kept = (await this.shelf?.load(now)) ?? [];
    const known = new Set(this.items.map(({ client_id: id }) => id));
    const found = kept.filter(({ client_id: id }) => !known.has(id));
    this.items = [...found, ...this.items];
    this.onChange(this.items.length);
    void this.#pump(); // a slow storage may come after the line
    return found;
  }

  /** Keep an item and send it as soon as possible. @param {T} item */
  add(item) {
    this.items.push(item);
    this.shelf?.put(item);
    this.onChange(this.items.length);
    void this.#pump();
  }

  /** The line is up (or down): send what waits. @param {boolean} open */
  setOpen(open) {
    this.open = open;
    if (open) void this.#pump();
  }

  async #pump() {
    if (this.sending) return;
    this.sending = true;
    try {
      while (this.open && this.items.length > 0) {
        const batch = this.#next();
        let answers;
        try {
          answers = await this.send(batch);
          this.failures = 0;
        } catch {
          // Nothing is lost: the items stay, and their client ids make a second sending harmless.
          await new Promise((done) => setTimeout(done, RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)]));
          this.failures += 1;
          continue;
        }
        const byId = new Map(answers.map((answer) => [answer.client_id, answer]));
        this.items = this.items.filter((item) => !byId.has(item.client_id));
        this.shelf?.remove([...byId.keys()]);
        this.onChange(this.items.length);
        for (const item of batch) {
          const answer = byId.get(item.client_id);
          if (answer) this.onAnswer(item, answer);
        }
      }
    } finally {
      this.sending = false;
    }
  }

  #next() {
    const batch = [];
    let size = 0;
    for (const item of this.items.slice(0, this.batch)) {
      size += this.size(item);
      if (batch.length > 0 && size > this.room) break;
      batch.push(item);
    }
    return batch;
  }
}
