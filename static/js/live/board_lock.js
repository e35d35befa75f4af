// The mentor's lock as both see it. The log says whether it is on, and the server keeps it.

import { announce, fill } from "./announce.js";

export class BoardLock {
  /** @param {{root: HTMLElement, side: string, words: Record<string, string>, name: string, locked: () => boolean,
   *   commit: (op: import("./board_state.js").Operation) => void, onLock: () => void, notice: (text: string) => void}} parts */
  constructor(parts) {
    this.parts = parts;
    this.mentor = parts.side === "mentor";
    this.shown = false;
    this.dropped = 0;
    this.chip = /** @type {HTMLElement} */ (parts.root.querySelector("[data-lock-chip]"));
    for (const button of document.querySelectorAll("[data-lock]")) {
      button.addEventListener("click", () => parts.commit({ do: "lock", on: !parts.locked() }));
    }
  }

  /** Whether our own hand is kept from drawing. */
  get barred() {
    return !this.mentor && this.parts.locked();
  }

  /** Say why nothing was drawn. */
  bar() {
    this.parts.notice(fill(this.parts.words.locked_bar, { name: this.parts.name }));
  }

  /** A step that was drawn before we knew of the lock has come back: said once for all that come together. */
  refused() {
    this.dropped += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const { words, name, notice } = this.parts;
      notice(fill(this.dropped === 1 ? words.locked_dropped_one : words.locked_dropped, { name, count: this.dropped }));
      this.dropped = 0;
    }, 600);
  }

  show() {
    const { locked, words, name, root, onLock } = this.parts;
    const now = locked();
    if (now === this.shown) return;
    this.shown = now;
    this.chip.hidden = !now;
    root.dataset.locked = now ? (this.mentor ? "mine" : "theirs") : "";
    for (const button of document.querySelectorAll("[data-lock]")) button.setAttribute("aria-pressed", String(now));
    if (!this.mentor) {
      for (const tool of document.querySelectorAll('.board-tools [data-tool]:not([data-tool="move"], [data-tool="laser"])')) {
        tool.setAttribute("aria-disabled", String(now));
      }
      announce(fill(now ? words.locked_by : words.unlocked_by, { name }));
    } else announce(now ? words.locked_mine : words.unlocked_mine);
    if (now && !this.mentor) onLock();
  }
}
