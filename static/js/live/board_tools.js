// The strip of tools, colours, widths, pages and zoom. Buttons say what is chosen; keys do the same.

import { PALETTE } from "./protocol.js";

const WIDTHS = [20, 30, 55, 110];
const KEYS = { p: "pen", e: "eraser", x: "text", o: "shapes", v: "move" };
const LONG_PRESS_MS = 450;

export class BoardTools {
  /**
   * @param {{root: ParentNode, hand: import("./board_hand.js").BoardHand, words: Record<string, string>,
   *   colorNames?: string[], actions: {undo: () => void, redo: () => void, page: (step: number) => void, addPage: () => void,
   *   clear: () => void, zoom: (factor: number) => void, home: () => void}}} parts
   */
  constructor({ root, hand, words, actions }) {
    this.root = root;
    this.hand = hand;
    this.words = words;
    this.actions = actions;
    for (const button of this.#all("[data-tool]")) {
      button.addEventListener("click", () => this.choose(button.dataset.tool ?? "pen"));
    }
    this.#longPress();
    this.#radios("[data-colors]", PALETTE.map((_, index) => index), (index) => (this.hand.color = index), () => this.hand.color);
    this.#radios("[data-widths]", WIDTHS, (width) => (this.hand.width = width), () => this.hand.width);
    for (const button of this.#all("[data-shape]")) {
      button.addEventListener("click", () => {
        this.hand.shape = button.dataset.shape ?? "line";
        for (const one of this.#all("[data-shape]")) one.setAttribute("aria-checked", String(one === button));
        document.getElementById("board-shapes")?.hidePopover();
      });
    }
    const does = { "[data-undo]": actions.undo, "[data-redo]": actions.redo, "[data-page-back]": () => actions.page(-1), "[data-page-next]": () => actions.page(1), "[data-page-add]": actions.addPage, "[data-clear]": actions.clear, "[data-zoom-in]": () => actions.zoom(1.25), "[data-zoom-out]": () => actions.zoom(0.8), "[data-zoom-word]": actions.home };
    for (const [selector, action] of Object.entries(does)) {
      for (const button of this.#all(selector)) button.addEventListener("click", action);
    }
    this.#dot();
  }

  /** @param {string} tool */
  choose(tool) {
    const again = this.hand.tool === tool;
    this.hand.tool = tool;
    for (const button of this.#all("[data-tool]")) button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    document.documentElement.dataset.tool = tool;
    if (tool === "shapes") this.#open("board-shapes");
    else if (tool === "pen" && again) this.#open("board-style");
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was one of ours */
  key(event) {
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && (key === "z" || key === "y")) {
      if (key === "y" || event.shiftKey) this.actions.redo();
      else this.actions.undo();
      return true;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const tool = KEYS[/** @type {keyof typeof KEYS} */ (key)];
    if (tool) this.choose(tool);
    return Boolean(tool);
  }

  /** @param {{page: number, pages: number, zoom: number, canRedo: boolean, canUndo: boolean}} state */
  show({ page, pages, zoom, canRedo, canUndo }) {
    const say = (/** @type {string} */ word) => word.replace("{page}", String(page + 1)).replace("{pages}", String(pages));
    for (const one of this.#all("[data-page-word]")) one.textContent = say(this.words.page);
    for (const one of this.#all("[data-page-short]")) one.textContent = say(this.words.page_short);
    for (const one of this.#all("[data-zoom-word]")) one.textContent = `${Math.round(zoom * 100)}%`;
    for (const one of this.#all("[data-redo]")) /** @type {HTMLButtonElement} */ (one).disabled = !canRedo;
    for (const one of this.#all("[data-undo]")) /** @type {HTMLButtonElement} */ (one).disabled = !canUndo;
    for (const one of this.#all("[data-page-back]")) /** @type {HTMLButtonElement} */ (one).disabled = page === 0;
    for (const one of this.#all("[data-page-next]")) /** @type {HTMLButtonElement} */ (one).disabled = page + 1 >= pages;
  }

  /** @param {string} selector @returns {HTMLElement[]} */
  #all(selector) {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.root.querySelectorAll(selector))];
  }

  /** @param {string} id */
  #open(id) {
    const pop = document.getElementById(id);
    if (pop && !pop.matches(":popover-open")) pop.showPopover();
  }

  #longPress() {
    const pen = this.#all('[data-tool="pen"]')[0];
    /** @type {ReturnType<typeof setTimeout>} */
    let timer;
    pen?.addEventListener("pointerdown", () => (timer = setTimeout(() => this.#open("board-style"), LONG_PRESS_MS)));
    for (const name of ["pointerup", "pointerleave", "pointercancel"]) pen?.addEventListener(name, () => clearTimeout(timer));
  }

  /** @param {string} place @param {number[]} values @param {(value: number) => void} choose @param {() => number} chosen */
  #radios(place, values, choose, chosen) {
    const group = this.#all(place)[0];
    if (!group) return;
    const colors = place === "[data-colors]";
    for (const value of values) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "swatch-btn";
      button.setAttribute("role", "radio");
      const mark = document.createElement("span");
      mark.className = colors ? "ink-dot" : "width-dot";
      mark.style.setProperty(colors ? "--ink" : "--size", colors ? PALETTE[value] : `${value / 10 + 3}px`);
      button.append(mark);
      button.setAttribute("aria-label", colors ? this.words[`color_${value}`] : this.words[`width_${value}`]);
      button.setAttribute("aria-checked", String(value === chosen()));
      button.addEventListener("click", () => {
        choose(value);
        for (const one of group.children) one.setAttribute("aria-checked", String(one === button));
        if (colors && this.hand.tool !== "shapes" && this.hand.tool !== "text") this.choose("pen");
        this.#dot();
        document.getElementById("board-style")?.hidePopover();
      });
      group.append(button);
    }
  }

  #dot() {
    for (const dot of this.#all("[data-ink-dot]")) dot.style.setProperty("--ink", PALETTE[this.hand.color]);
  }
}
