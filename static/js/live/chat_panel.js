// The chat: what was said, in order and once; what is being sent, with its state. Words are text, never markup.

import { announce, fill } from "./announce.js";
import { makeLine, showRefusal, showState } from "./chat_line.js";
import { newId } from "./ids.js";
import { LIMIT } from "./protocol.js";

/**
 * @typedef {import("./chat_line.js").Said & {client_id: string}} Message
 * @typedef {import("./journal.js").Entry} Entry
 */

const TYPING_EVERY_MS = 2000;
const TYPING_SHOWN_MS = 4000;
const NEAR_END_PX = 80;

export class ChatPanel {
  /**
   * @param {{root: HTMLElement, me: string, name: string, words: Record<string, string>, send: (message: Message) => void,
   *   typing: () => void, onUnread: (count: number) => void, onLook: () => void, onDropped: (message: Message) => void,
   *   save: (file: import("./chat_line.js").FileNote) => (() => void)|null}} parts
   */
  constructor({ root, me, name, words, send, typing, onUnread, onLook, onDropped, save }) {
    this.root = root;
    this.me = me;
    this.name = name;
    this.words = words;
    this.send = send;
    this.typing = typing;
    this.onUnread = onUnread;
    this.onLook = onLook;
    this.onDropped = onDropped;
    this.save = save;
    this.list = /** @type {HTMLElement} */ (root.querySelector("[data-chat-lines]"));
    this.empty = /** @type {HTMLElement} */ (root.querySelector("[data-chat-empty]"));
    this.typingLine = /** @type {HTMLElement} */ (root.querySelector("[data-typing]"));
    this.field = /** @type {HTMLTextAreaElement} */ (root.querySelector("textarea"));
    this.times = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
    this.unread = 0;
    this.lastTyping = 0;
    this.up = false;
    this.seenTo = 0;
    /** @type {Map<string, HTMLElement>} own messages that are not confirmed */
    this.sending = new Map();
    /** @type {{seq: number, line: HTMLElement}[]} own messages that are written and not seen */
    this.unseen = [];
    this.following = false;
    const form = /** @type {HTMLFormElement} */ (root.querySelector("form"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#submit();
      }
    });
    this.field.addEventListener("input", () => this.#written());
    // Whether the newest line is in sight, or will be with the next frame. To ask the list itself would lay it out anew for each line.
    this.atEnd = true;
    this.list.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.atEnd && this.#follow()).observe(this.list);
    document.addEventListener("visibilitychange", () => this.onLook());
  }

  /** Is the chat on the screen? */
  get open() {
    return this.root.getClientRects().length > 0;
  }

  /** Is its newest line before somebody's eyes? */
  get looking() {
    return this.atEnd && document.visibilityState === "visible" && this.open;
  }

  /** Show an own message that waits. @param {Message} message */
  pending(message) {
    if (this.sending.has(message.client_id)) return;
    const line = makeLine({ said: message, who: this.words.you, mine: true, words: this.words, save: this.save });
    showState(line, this.up ? "sending" : "waiting", this.words);
    this.sending.set(message.client_id, line);
    this.append(line);
  }

  /** A line of the log. @param {Entry} entry */
  confirm(entry) {
    const mine = entry.author === this.me;
    this.sending.get(entry.client_id)?.remove();
    this.sending.delete(entry.client_id);
    const line = makeLine({ said: entry.payload, who: `${mine ? this.words.you : this.name} ${this.times.format(entry.at)}`, mine, words: this.words, save: this.save });
    line.dataset.seq = String(entry.seq);
    if (mine) {
      showState(line, entry.seq <= this.seenTo ? "seen" : "sent", this.words);
      if (entry.seq > this.seenTo) this.unseen.push({ seq: entry.seq, line });
    } else this.#quiet();
    // Confirmed lines stand before those still on their way.
    this.append(line, this.sending.values().next().value);
  }

  /** The other one has read up to here. @param {number} seq */
  seen(seq) {
    this.seenTo = Math.max(this.seenTo, seq);
    this.unseen = this.unseen.filter(({ seq: own, line }) => {
      if (own > this.seenTo) return true;
      showState(line, "seen", this.words);
      return false;
    });
  }

  /** A message of the other one that came while this page was open. @param {Entry} entry */
  heard(entry) {
    announce(`${this.name}: ${entry.payload.file?.name ?? entry.payload.text}`);
    if (this.open) return;
    this.unread += 1;
    this.onUnread(this.unread);
  }

  /** The server refused a message: it stays, with the reason and two ways out. @param {Message} message @param {string} why */
  refuse(message, why) {
    const line = this.sending.get(message.client_id);
    if (!line) return;
    showState(line, "failed", this.words);
    const away = () => {
      line.remove();
      this.sending.delete(message.client_id);
      this.onDropped(message);
    };
    showRefusal(line, why, [
      [this.words.chat_retry, () => {
        // The same id again: should the first sending have been written after all, it stays one message.
        away();
        this.pending(message);
        this.send(message);
      }],
      [message.file ? this.words.chat_drop : this.words.chat_edit, () => {
        away();
        if (message.text) this.field.value = this.field.value ? `${this.field.value}\n${message.text}` : message.text;
        this.#written();
        this.field.focus();
      }],
    ]);
    this.#follow();
  }

  /** The line is down or up. @param {boolean} up */
  setLine(up) {
    this.up = up;
    for (const line of this.sending.values()) {
      if (line.dataset.state !== "failed") showState(line, up ? "sending" : "waiting", this.words);
    }
  }

  showTyping() {
    this.typingLine.textContent = fill(this.words.typing, { name: this.name });
    this.typingLine.classList.add("writes");
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => this.#quiet(), TYPING_SHOWN_MS);
  }

  read() {
    this.unread = 0;
    this.onUnread(0);
    this.#follow();
    this.onLook();
  }

  /** @param {HTMLElement} line @param {HTMLElement} [before] */
  append(line, before) {
    this.empty.hidden = true;
    this.list.insertBefore(line, before ?? null);
    if (this.atEnd || line.className === "mine") this.#follow();
  }

  #quiet() {
    clearTimeout(this.typingTimer);
    this.typingLine.textContent = "";
    this.typingLine.classList.remove("writes");
  }

  #submit() {
    const text = this.field.value.trim().slice(0, LIMIT.CHAT_CHARS);
    if (!text) return;
    const message = { client_id: newId(), text };
    this.field.value = "";
    this.lastTyping = 0;
    this.#grow();
    this.pending(message);
    this.send(message);
  }

  #written() {
    this.#grow();
    const now = Date.now();
    if (this.field.value && now - this.lastTyping > TYPING_EVERY_MS) {
      this.lastTyping = now;
      this.typing();
    }
  }

  #grow() {
    this.field.rows = Math.min(4, Math.max(1, this.field.value.split("\n").length));
  }

  #scrolled() {
    this.atEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < NEAR_END_PX;
    this.onLook();
  }

  /** Show the newest line, once a frame however many come: a log that is read brings hundreds. */
  #follow() {
    this.atEnd = true;
    if (this.following) return;
    this.following = true;
    requestAnimationFrame(() => {
      this.following = false;
      if (this.atEnd) this.list.scrollTop = this.list.scrollHeight;
    });
  }
}
