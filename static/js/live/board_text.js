// Writing on the board: a field where the words will stand, for a new text or an old one.

import { newId } from "./ids.js";
import { LIMIT } from "./protocol.js";

/** @typedef {import("./board_state.js").Operation} Operation */

const TEXT_SIZE = 220;

export class BoardText {
  /** @param {{root: HTMLElement, view: import("./board_view.js").BoardView, commit: (op: Operation, touched?: string[]) => void, color: () => number}} parts */
  constructor({ root, view, commit, color }) {
    this.field = /** @type {HTMLTextAreaElement} */ (root.querySelector("[data-board-text]"));
    this.view = view;
    this.commit = commit;
    this.color = color;
    /** @type {HTMLElement|null} */
    this.from = null;
    /** @type {((keep: boolean) => void)|null} */
    this.finish = null;
    this.field.addEventListener("blur", () => this.close(true));
    this.field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") this.close(false);
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.close(true);
      }
    });
  }

  /** Write something new. @param {[number, number]} at in board units */
  write(at) {
    const page = this.view.page;
    const color = this.color();
    this.#open(at, "", TEXT_SIZE, color, (text) => {
      if (text) this.commit({ do: "text", id: newId(), page, color, size: TEXT_SIZE, at, text });
    });
  }

  /** Write a text anew. An empty one goes. @param {string} id @param {Operation} op @param {[number, number]} at where it lies now */
  edit(id, op, at) {
    this.#open(at, op.text ?? "", op.size ?? TEXT_SIZE, op.color ?? 0, (text) => {
      if (!text) this.commit({ do: "remove", ids: [id] }, [id]);
      else if (text !== op.text) this.commit({ do: "edit", id, text });
    });
  }

  /** @param {boolean} keep */
  close(keep) {
    const finish = this.finish;
    if (!finish) return;
    this.finish = null;
    finish(keep);
    // Who came from the board by keyboard is back on it; a focus that has gone elsewhere stays there.
    const held = document.activeElement === this.field;
    this.field.hidden = true;
    if (held && this.from?.matches("[data-stage]")) this.from.focus({ preventScroll: true });
  }

  /** @param {[number, number]} at @param {string} text @param {number} size @param {number} color @param {(text: string) => void} done */
  #open(at, text, size, color, done) {
    this.close(true);
    this.from = /** @type {HTMLElement|null} */ (document.activeElement);
    const { field } = this;
    const [x, y] = this.view.viewport.toScreen(...at);
    field.hidden = false;
    field.value = text;
    field.maxLength = LIMIT.TEXT_CHARS;
    field.dataset.color = String(color);
    field.style.translate = `${Math.max(0, x)}px ${Math.max(0, y)}px`;
    field.style.fontSize = `${(size / 10) * this.view.viewport.zoom}px`;
    this.finish = (keep) => {
      if (keep) done(field.value.trim().slice(0, LIMIT.TEXT_CHARS));
    };
    const focus = () => {
      field.focus({ preventScroll: true });
      field.setSelectionRange(text.length, text.length);
    };
    // Opened by a key, the next key is already a letter of the text. After a tap it has to wait: the tap's own end would
    // take the focus away again.
    if (window.event?.type === "keydown") focus();
    else setTimeout(focus);
  }
}
