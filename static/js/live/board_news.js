// What the other one does on the board, gathered into a sentence now and then, for who can't see it. No DOM.

import { fill } from "./announce.js";

/** @typedef {import("./board_state.js").Operation} Operation */

const QUIET_MS = 3500;

export class BoardNews {
  /** @param {{words: Record<string, string>, name: string, say: (text: string) => void, later?: (what: () => void, ms: number) => void}} parts */
  constructor({ words, name, say, later = (what, ms) => setTimeout(what, ms) }) {
    this.words = words;
    this.name = name;
    this.say = say;
    this.later = later;
    /** @type {Map<string, number>} */
    this.counts = new Map();
    /** @type {string[]} */
    this.texts = [];
    this.planned = false;
  }

  /** The other one has written this step. @param {Operation} op */
  hear(op) {
    const kind = { stroke: "drew", shape: "drew", image: "picture", text: "wrote", edit: "wrote", remove: "erased", clear: "cleared", move: "moved", page_add: "page" }[op.do];
    if (!kind) return;
    if (kind === "wrote") this.texts.push(op.text ?? "");
    const many = kind === "erased" || kind === "moved" ? (op.ids ?? []).length : 1;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + many);
    if (this.planned) return;
    this.planned = true;
    this.later(() => this.#tell(), QUIET_MS);
  }

  #tell() {
    this.planned = false;
    const { words, name } = this;
    const parts = [...this.counts].map(([kind, count]) => {
      if (kind === "wrote") return fill(words.news_wrote, { name, text: this.texts.join(". ") });
      return fill(count === 1 && words[`news_${kind}_one`] ? words[`news_${kind}_one`] : words[`news_${kind}`], { name, count });
    });
    this.counts.clear();
    this.texts = [];
    if (parts.length > 0) this.say(parts.join(" "));
  }
}
