// The chat: what was said, in order and once; what is being sent, with its state. Words are text, never markup.

import { announce, fill } from "./announce.js";
import { newId } from "./ids.js";
import { LIMIT } from "./protocol.js";

/** @typedef {{client_id: string, text: string}} Message @typedef {import("./journal.js").Entry} Entry */

const TYPING_EVERY_MS = 2500;
const TYPING_SHOWN_MS = 4000;

export class ChatPanel {
  /**
   * @param {{root: HTMLElement, me: string, name: string, words: Record<string, string>, send: (message: Message) => void,
   *   typing: () => void, onUnread: (count: number) => void}} parts
   */
  constructor({ root, me, name, words, send, typing, onUnread }) {
    this.root = root;
    this.me = me;
    this.name = name;
    this.words = words;
    this.send = send;
    this.typing = typing;
    this.onUnread = onUnread;
    this.list = /** @type {HTMLElement} */ (root.querySelector("[data-chat-lines]"));
    this.empty = /** @type {HTMLElement} */ (root.querySelector("[data-chat-empty]"));
    this.typingLine = /** @type {HTMLElement} */ (root.querySelector("[data-typing]"));
    this.field = /** @type {HTMLTextAreaElement} */ (root.querySelector("textarea"));
    this.unread = 0;
    this.lastTyping = 0;
    /** @type {Map<string, HTMLElement>} own messages that are not confirmed */
    this.sending = new Map();
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
    this.field.addEventListener("input", () => {
      this.#grow();
      const now = Date.now();
      if (this.field.value && now - this.lastTyping > TYPING_EVERY_MS) {
        this.lastTyping = now;
        this.typing();
      }
    });
  }

  /** Is the chat on the screen? */
  get open() {
    return this.root.getClientRects().length > 0;
  }

  /** Show an own message that waits. @param {Message} message */
  pending(message) {
    if (this.sending.has(message.client_id)) return;
    const line = this.#line(message.text, this.words.you, true);
    line.dataset.state = "sending";
    line.querySelector("[data-meta]")?.append(` ${this.words.sending}`);
    this.sending.set(message.client_id, line);
    this.#append(line);
  }

  /** A line of the log. @param {Entry} entry */
  confirm(entry) {
    const mine = entry.author === this.me;
    this.sending.get(entry.client_id)?.remove();
    this.sending.delete(entry.client_id);
    const time = new Date(entry.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
    const line = this.#line(String(entry.payload.text), `${mine ? this.words.you : this.name} ${time}`, mine);
    line.dataset.seq = String(entry.seq);
    // Confirmed lines stand before those still on their way.
    const firstWaiting = this.sending.values().next().value;
    this.#append(line, firstWaiting);
    if (!mine) this.typingLine.textContent = "";
  }

  /** A message of the other one that came while this page was open. @param {Entry} entry */
  heard(entry) {
    announce(`${this.name}: ${entry.payload.text}`);
    if (this.open) return;
    this.unread += 1;
    this.onUnread(this.unread);
  }

  /** The server refused a message: say why and give the words back. @param {Message} message @param {string} why */
  refuse(message, why) {
    const line = this.sending.get(message.client_id);
    this.sending.delete(message.client_id);
    line?.remove();
    if (!this.field.value) this.field.value = message.text;
    this.typingLine.textContent = why;
  }

  /** The line is down or up. @param {boolean} up */
  setLine(up) {
    for (const line of this.sending.values()) {
      const meta = line.querySelector("[data-meta]");
      if (meta) meta.textContent = `${this.words.you} ${up ? this.words.sending : this.words.not_sent}`;
    }
  }

  showTyping() {
    this.typingLine.textContent = fill(this.words.typing, { name: this.name });
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => (this.typingLine.textContent = ""), TYPING_SHOWN_MS);
  }

  read() {
    this.unread = 0;
    this.onUnread(0);
    this.list.scrollTop = this.list.scrollHeight;
  }

  #submit() {
    const text = this.field.value.trim().slice(0, LIMIT.CHAT_CHARS);
    if (!text) return;
    const message = { client_id: newId(), text };
    this.field.value = "";
    this.#grow();
    this.pending(message);
    this.send(message);
  }

  #grow() {
    this.field.rows = Math.min(4, Math.max(1, this.field.value.split("\n").length));
  }

  /** @param {string} text @param {string} meta @param {boolean} mine */
  #line(text, meta, mine) {
    const line = document.createElement("li");
    line.className = mine ? "mine" : "theirs";
    const head = document.createElement("p");
    head.className = "t-s muted num";
    head.dataset.meta = "";
    head.textContent = meta;
    const body = document.createElement("p");
    body.className = "bubble";
    body.textContent = text;
    line.append(head, body);
    return line;
  }

  /** @param {HTMLElement} line @param {HTMLElement} [before] */
  #append(line, before) {
    this.empty.hidden = true;
    const atEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 80;
    this.list.insertBefore(line, before ?? null);
    if (atEnd || line.className === "mine") this.list.scrollTop = this.list.scrollHeight;
  }
}
