// A line under the controls that says something for a while; a screen reader hears it too. And the screen stays awake.

import { announce } from "./announce.js";

const STAYS_MS = 7000;
/** So long a word stays at least before the next takes its place: two that come together are both read. */
const READ_MS = 2000;

export class Notice {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.place = /** @type {HTMLElement} */ (root.querySelector("[data-hint-word]"));
    this.usual = this.place.textContent ?? "";
    /** @type {string[]} */
    this.waiting = [];
    this.busy = false;
  }

  /** @param {string} text empty takes back what is said and what waits */
  say(text) {
    if (text) {
      announce(text);
      this.waiting.push(text);
      if (!this.busy) this.#next();
    } else {
      this.waiting = [];
      this.#show("");
    }
  }

  #next() {
    this.#show(this.waiting.shift() ?? "");
    this.busy = true;
    this.timer = setTimeout(() => {
      this.busy = false;
      if (this.waiting.length > 0) this.#next();
      else this.timer = setTimeout(() => this.#show(""), STAYS_MS - READ_MS);
    }, READ_MS);
  }

  /** @param {string} text */
  #show(text) {
    clearTimeout(this.timer);
    this.busy = false;
    this.place.textContent = text || this.usual;
    this.root.classList.toggle("has-notice", Boolean(text));
  }
}

/** A lesson of an hour must not go dark in the hand. */
export function stayAwake() {
  const wake = () => {
    // Refused when the battery is low: the phone knows better.
    if (document.visibilityState === "visible") void navigator.wakeLock?.request("screen").catch(() => {});
  };
  document.addEventListener("visibilitychange", wake);
  wake();
}
