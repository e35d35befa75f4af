// A line under the controls that says something for a while; a screen reader hears it too. And the screen stays awake.

import { announce } from "./announce.js";

const STAYS_MS = 7000;

export class Notice {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.place = /** @type {HTMLElement} */ (root.querySelector("[data-hint-word]"));
    this.usual = this.place.textContent ?? "";
  }

  /** @param {string} text empty takes the last one back */
  say(text) {
    this.place.textContent = text || this.usual;
    this.root.classList.toggle("has-notice", Boolean(text));
    clearTimeout(this.timer);
    if (!text) return;
    announce(text);
    this.timer = setTimeout(() => this.say(""), STAYS_MS);
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
