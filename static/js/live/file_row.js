// A file on its way, as a row in the chat: its name, how far it is, and what one may do about it.

import { fill } from "./announce.js";
import { icon } from "./chat_line.js";
import { sizeWord } from "./file_rules.js";

export class FileRow {
  /**
   * @param {{offer: {name: string, size: number}, words: Record<string, string>, name: string, mine: boolean,
   *   cancel: () => void, take?: () => void, save?: () => void}} parts
   */
  constructor({ offer, words, name, mine, cancel, take, save }) {
    this.offer = offer;
    this.words = words;
    this.name = name;
    this.mine = mine;
    this.acts = { cancel, take, save };
    this.lang = document.documentElement.lang;
    this.line = document.createElement("li");
    this.line.className = mine ? "mine" : "theirs";
    this.line.dataset.transfer = "";
    const card = document.createElement("div");
    card.className = "bubble chat-file";
    const about = document.createElement("div");
    about.className = "min-w-0 grow";
    const title = document.createElement("bdi");
    title.className = "chat-file-name";
    title.textContent = offer.name;
    this.word = document.createElement("p");
    this.word.className = "t-s muted num";
    this.bar = document.createElement("div");
    this.bar.className = "chat-bar";
    this.progress = document.createElement("progress");
    this.progress.max = offer.size;
    this.progress.setAttribute("aria-label", offer.name);
    this.bar.append(this.progress);
    this.buttons = document.createElement("p");
    about.append(title, this.word, this.bar, this.buttons);
    card.append(icon("file-text"), about);
    this.line.append(card);
    this.shown = "";
    this.at = 0;
  }

  /** @param {import("./file_wire.js").Progress} progress */
  show({ phase, bytes, why }) {
    // Pieces come by the thousand; eyes need ten a second.
    const now = performance.now();
    const key = `${phase} ${why ?? ""}`;
    if (key === this.shown && now - this.at < 100) return;
    this.at = now;
    this.progress.value = bytes;
    this.word.textContent = this.#said(phase, bytes, why);
    if (key === this.shown) return;
    this.shown = key;
    this.line.dataset.phase = phase;
    this.bar.hidden = phase !== "going" && phase !== "cut";
    const { words: w, acts } = this;
    /** @type {Record<string, [string, (() => void)|undefined][]>} */
    const offers = {
      asking: this.mine ? [[w.file_cancel, acts.cancel]] : [[w.file_take, acts.take], [w.file_decline, acts.cancel]],
      going: [[w.file_cancel, acts.cancel]],
      cut: [[w.file_cancel, acts.cancel]],
      done: [[w.file_save, acts.save]],
      stopped: [[w.chat_drop, () => this.remove()]],
    };
    this.buttons.replaceChildren(...offers[phase].filter(([, act]) => act).map(([word, act]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "chat-act";
      button.textContent = word;
      button.addEventListener("click", () => act?.());
      return button;
    }));
  }

  remove() {
    this.line.remove();
  }

  /** @param {string} phase @param {number} bytes @param {string} [why] */
  #said(phase, bytes, why) {
    const { words: w, name } = this;
    const size = sizeWord(this.offer.size, this.lang);
    if (phase === "asking") return this.mine ? `${size}. ${fill(w.file_asking, { name })}` : `${size}. ${fill(w.file_offered, { name })}`;
    if (phase === "going") return fill(w.file_going, { done: sizeWord(bytes, this.lang), size });
    if (phase === "cut") return w.file_cut;
    if (phase === "done") return `${size}, ${w.file_checked}`;
    if (why === "magic") return fill(w.file_magic, { file: this.offer.name });
    return fill(w[`file_${why ?? "broken"}`] ?? w.file_broken, { name });
  }
}
