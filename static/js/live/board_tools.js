// The bar and its sheets: what is chosen is pressed, what can't be done now is off. Keys do the same.

import { fill } from "./announce.js";
import { PALETTE } from "./protocol.js";

const WIDTHS = [20, 30, 55, 110];
/** @type {Record<string, string>} */
const TOOL_KEYS = { p: "pen", i: "highlighter", e: "eraser", x: "text", v: "select", b: "move", g: "laser" };
/** @type {Record<string, string>} */
const SHAPE_KEYS = { l: "line", a: "arrow", r: "rectangle", o: "ellipse" };
const LONG_PRESS_MS = 450;

/**
 * @typedef {{undo: () => void, redo: () => void, page: (step: number) => void, goTo: (page: number) => void, addPage: () => void,
 *   clear: () => void, zoom: (factor: number) => void, home: () => void, paper: (style: string) => void, choose: (tool: string) => void,
 *   help: () => void}} Actions
 * @typedef {{page: number, pages: number, zoom: number, canRedo: boolean, canUndo: boolean, paper: string}} Shown
 */

export class BoardTools {
  /** @param {{root: ParentNode, hand: import("./board_hand.js").BoardHand, words: Record<string, string>, actions: Actions}} parts */
  constructor({ root, hand, words, actions }) {
    this.root = root;
    this.hand = hand;
    this.words = words;
    this.actions = actions;
    this.shownPages = 0;
    this.percent = this.shown = "";
    for (const button of this.#all("[data-tool]")) {
      button.addEventListener("click", () => this.choose(button.dataset.tool ?? "pen", button.closest(".board-tools") !== null));
    }
    for (const button of this.#all("[data-shape]")) button.addEventListener("click", () => this.shape(button.dataset.shape ?? "line"));
    for (const button of this.#all("[data-paper]")) button.addEventListener("click", () => actions.paper(button.dataset.paper ?? "plain"));
    this.#longPress();
    this.#radios("[data-colors]", PALETTE.map((_, index) => index), (index) => (hand.style.color = index), () => hand.style.color);
    this.#radios("[data-widths]", WIDTHS, (width) => (hand.style.width = width), () => hand.style.width);
    const does = {
      "[data-undo]": actions.undo, "[data-redo]": actions.redo, "[data-page-back]": () => actions.page(-1), "[data-page-next]": () => actions.page(1),
      "[data-page-add]": actions.addPage, "[data-clear]": actions.clear, "[data-zoom-in]": () => actions.zoom(1.25), "[data-zoom-out]": () => actions.zoom(0.8),
      "[data-zoom-word]": actions.home, "[data-board-help]": actions.help,
    };
    for (const [selector, action] of Object.entries(does)) {
      for (const button of this.#all(selector)) button.addEventListener("click", action);
    }
    // What was chosen in the sheet is done: it goes away and the board is there again.
    document.getElementById("board-more")?.addEventListener("click", (event) => {
      const target = /** @type {Element} */ (event.target);
      if (target.closest("[data-tool], [data-closes]")) document.getElementById("board-more")?.hidePopover();
    });
    this.#arrows();
    this.#dot();
    this.#pressed();
  }

  /** @param {string} tool @param {boolean} [opens] whether a second press of the pen, or one of the shapes, opens what it offers */
  choose(tool, opens = true) {
    const again = this.hand.tool === tool;
    this.actions.choose(tool);
    this.#pressed();
    if (!opens) return;
    if (tool === "shapes") this.#open("board-shapes");
    else if ((tool === "pen" || tool === "highlighter") && again) this.#open("board-style");
  }

  /** @param {string} shape */
  shape(shape) {
    this.hand.style.shape = shape;
    for (const one of this.#all("[data-shape]")) one.setAttribute("aria-checked", String(one.dataset.shape === shape));
    this.choose("shapes", false);
    document.getElementById("board-shapes")?.hidePopover();
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was one of ours */
  key(event) {
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (key !== "z" && key !== "y") return false;
      if (key === "y" || event.shiftKey) this.actions.redo();
      else this.actions.undo();
      return true;
    }
    if (event.altKey) return false;
    if (TOOL_KEYS[key]) this.choose(TOOL_KEYS[key], false);
    else if (SHAPE_KEYS[key]) this.shape(SHAPE_KEYS[key]);
    else if (key === "n") this.actions.addPage();
    else if (key === "+" || key === "=") this.actions.zoom(1.25);
    else if (key === "-") this.actions.zoom(0.8);
    else if (key === "0") this.actions.home();
    else if (key === "?") this.actions.help();
    else return false;
    return true;
  }

  /** @param {Shown} state */
  show({ page, pages, zoom, canRedo, canUndo, paper }) {
    const percent = `${Math.round(zoom * 100)}%`;
    // The letters change, the node stays: a new one would have the page styled and laid out in each frame of a zoom.
    if (this.percent !== percent) for (const one of this.#all("[data-zoom-word]")) /** @type {Text} */ (one.firstChild).data = percent;
    this.percent = percent;
    // A moving board asks sixty times a second, and nearly always for what is there already.
    const shown = [page, pages, canRedo, canUndo, paper].join();
    if (this.shown === shown) return;
    this.shown = shown;
    const say = (/** @type {string} */ word) => fill(word, { page: page + 1, pages });
    for (const one of this.#all("[data-page-word]")) one.textContent = say(this.words.page);
    for (const one of this.#all("[data-page-short]")) {
      one.textContent = say(this.words.page_short);
      one.setAttribute("aria-label", say(this.words.page));
    }
    const off = { "[data-redo]": !canRedo, "[data-undo]": !canUndo, "[data-page-back]": page === 0, "[data-page-next]": page + 1 >= pages };
    for (const [selector, is] of Object.entries(off)) {
      for (const one of this.#all(selector)) /** @type {HTMLButtonElement} */ (one).disabled = is;
    }
    for (const one of this.#all("[data-paper]")) one.setAttribute("aria-checked", String(one.dataset.paper === paper));
    this.#showPages(page, pages);
  }

  /** @param {number} page @param {number} pages */
  #showPages(page, pages) {
    const [place] = this.#all("[data-page-list]");
    if (this.shownPages !== pages) {
      this.shownPages = pages;
      place.replaceChildren(
        ...Array.from({ length: pages }, (_, index) => {
          const button = Object.assign(document.createElement("button"), { type: "button", className: "page-chip num", textContent: String(index + 1) });
          button.setAttribute("aria-label", fill(this.words.page, { page: index + 1, pages }));
          button.addEventListener("click", () => this.actions.goTo(index));
          return button;
        }),
      );
    }
    [...place.children].forEach((one, index) => {
      if (index === page) one.setAttribute("aria-current", "page");
      else one.removeAttribute("aria-current");
    });
  }

  #pressed() {
    const { tool } = this.hand;
    const both = (/** @type {string|undefined} */ name) => name === tool || (name === "pen" && tool === "highlighter");
    for (const button of this.#all("[data-tool]")) {
      const here = button.closest(".board-tools") ? both(button.dataset.tool) : button.dataset.tool === tool;
      button.setAttribute(button.getAttribute("role") === "radio" ? "aria-checked" : "aria-pressed", String(here));
    }
    document.documentElement.dataset.inHand = tool;
  }

  /** A toolbar is one stop of Tab; the arrows go through it. */
  #arrows() {
    for (const bar of this.#all(".board-tools")) {
      const buttons = () => [.../** @type {NodeListOf<HTMLButtonElement>} */ (bar.querySelectorAll("button"))].filter((one) => !one.disabled && one.offsetParent !== null);
      const stop = (/** @type {HTMLElement} */ at) => {
        for (const one of bar.querySelectorAll("button")) one.tabIndex = one === at ? 0 : -1;
      };
      stop(/** @type {HTMLElement} */ (bar.querySelector("button")));
      bar.addEventListener("focusin", (event) => stop(/** @type {HTMLElement} */ (event.target)));
      bar.addEventListener("keydown", (event) => {
        const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        const all = buttons();
        const at = all.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
        if (!way || at < 0) return;
        event.preventDefault();
        all[(at + way + all.length) % all.length].focus();
      });
    }
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
    const pen = this.#all('.board-tools [data-tool="pen"]')[0];
    /** @type {ReturnType<typeof setTimeout>} */
    let timer;
    pen?.addEventListener("pointerdown", () => (timer = setTimeout(() => this.#open("board-style"), LONG_PRESS_MS)));
    for (const name of ["pointerup", "pointerleave", "pointercancel"]) pen?.addEventListener(name, () => clearTimeout(timer));
  }

  /** @param {string} place @param {number[]} values @param {(value: number) => void} choose @param {() => number} chosen */
  #radios(place, values, choose, chosen) {
    const group = this.#all(place)[0];
    const colors = place === "[data-colors]";
    for (const value of values) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "swatch-btn" });
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
        if (!["pen", "highlighter", "shapes", "text"].includes(this.hand.tool)) this.choose("pen", false);
        this.#dot();
        document.getElementById("board-style")?.hidePopover();
      });
      group.append(button);
    }
  }

  #dot() {
    for (const dot of this.#all("[data-ink-dot]")) dot.style.setProperty("--ink", PALETTE[this.hand.style.color]);
  }
}
