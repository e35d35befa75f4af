// The board by keyboard: a cross that the arrows move and Enter draws with, and every thing within reach of Tab.

const STEP_PX = 24;
const FINE_PX = 4;
const NUDGE = 100; // board units
const FINE_NUDGE = 10;
const REST_MS = 500;
const EDGE_PX = 40;

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** Tools that act at one place; the others go on until Enter is pressed again. */
const AT_ONCE = new Set(["eraser", "laser", "text", "select"]);

export class BoardKeys {
  /**
   * @param {{stage: HTMLElement, root: HTMLElement, hand: import("./board_hand.js").BoardHand, view: import("./board_view.js").BoardView,
   *   words: Record<string, string>, say: (text: string) => void, order: () => string[], nameOf: (id: string) => string,
   *   reveal: (id: string) => void, pan: (dx: number, dy: number) => void,
   *   actions: {edit: () => boolean, remove: () => void, duplicate: () => void, page: (step: number) => void}}} parts
   */
  constructor(parts) {
    this.parts = parts;
    this.cross = /** @type {HTMLElement} */ (parts.root.querySelector("[data-key-cross]"));
    this.x = this.y = NaN;
    this.drawing = false;
    this.leaving = false;
    const { stage } = parts;
    stage.addEventListener("focus", () => {
      this.leaving = false;
      this.#show();
    });
    stage.addEventListener("blur", () => {
      this.#settle();
      this.#lift(false);
      this.cross.hidden = true;
    });
    stage.addEventListener("keydown", (event) => {
      if (!this.#key(event)) return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was one of ours */
  #key(event) {
    const { hand, actions } = this.parts;
    const { selection } = hand;
    const key = event.key;
    if (key in ARROWS && !event.altKey) return this.#arrow(key, event.shiftKey);
    this.#settle();
    if (key === "Tab") return this.#tab(event.shiftKey ? -1 : 1);
    if (key === "Escape") return this.#escape();
    if (key === "PageDown" || key === "PageUp") {
      actions.page(key === "PageDown" ? 1 : -1);
      return true;
    }
    if (event.ctrlKey || event.metaKey) {
      if (key.toLowerCase() === "a") {
        selection.set(this.parts.order());
        this.parts.say(this.parts.words.keys_all.replace("{count}", String(selection.ids.size)));
        return true;
      }
      if (key.toLowerCase() === "d") {
        actions.duplicate();
        return true;
      }
      return false;
    }
    if (key === "Delete" || key === "Backspace") {
      actions.remove();
      return true;
    }
    if (key === "Enter" || key === " ") {
      if (!event.repeat) this.#enter(event.shiftKey);
      return true;
    }
    return false;
  }

  /** @param {string} key @param {boolean} fine */
  #arrow(key, fine) {
    const { hand, view, pan } = this.parts;
    const [dx, dy] = ARROWS[key];
    if (!this.drawing && hand.selection.ids.size > 0) {
      const step = fine ? FINE_NUDGE : NUDGE;
      if (hand.barred()) hand.onBarred();
      else {
        hand.select.nudge(dx * step, dy * step);
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.#settle(), REST_MS);
      }
      return true;
    }
    this.#show();
    const step = fine ? FINE_PX : STEP_PX;
    this.x += dx * step;
    this.y += dy * step;
    // At the edge of the window the board goes along.
    const over = (/** @type {number} */ at, /** @type {number} */ size) => Math.min(0, at - EDGE_PX) + Math.max(0, at - (size - EDGE_PX));
    const [ox, oy] = [over(this.x, view.width), over(this.y, view.height)];
    if (ox || oy) pan(-ox, -oy);
    this.x -= ox;
    this.y -= oy;
    if (this.drawing) hand.move([this.#spot()]);
    else hand.hover(this.#spot());
    this.#show();
    return true;
  }

  /** @param {number} way @returns {boolean} */
  #tab(way) {
    const { hand, order, nameOf, reveal, say } = this.parts;
    const ids = order();
    if (this.leaving || this.drawing || ids.length === 0) return false;
    const chosen = [...hand.selection.ids].at(-1);
    const at = chosen === undefined ? (way > 0 ? -1 : ids.length) : ids.indexOf(chosen);
    const next = ids[at + way];
    if (next === undefined) {
      hand.selection.clear();
      return false;
    }
    hand.selection.set([next]);
    reveal(next);
    say(nameOf(next));
    return true;
  }

  #escape() {
    const { hand, say, words } = this.parts;
    if (this.drawing) this.#lift(false);
    else if (hand.selection.ids.size > 0) hand.selection.clear();
    else {
      this.leaving = true;
      say(words.keys_leave);
    }
    return true;
  }

  /** @param {boolean} more */
  #enter(more) {
    const { hand, actions, say, words } = this.parts;
    if (this.drawing) {
      this.#lift(true);
      return;
    }
    if (hand.selection.ids.size > 0 && actions.edit()) return;
    if (hand.tool === "move") return;
    this.#show();
    hand.begin(this.#spot(), { eraser: false, more });
    if (!hand.start) return; // the board is locked, and that was said
    if (AT_ONCE.has(hand.tool)) hand.end();
    else {
      this.drawing = true;
      say(words.keys_drawing);
    }
    this.#show();
  }

  /** @param {boolean} keep */
  #lift(keep) {
    if (!this.drawing) return;
    this.drawing = false;
    if (keep) this.parts.hand.end();
    else this.parts.hand.cancel();
    this.#show();
  }

  /** Write the moves that the arrows have gathered, as one step. */
  #settle() {
    clearTimeout(this.timer);
    const { hand, nameOf, say } = this.parts;
    if (!hand.select.settle()) return;
    const [id] = hand.selection.ids;
    if (id) say(nameOf(id));
  }

  #spot() {
    return { x: this.x, y: this.y, pressure: 50 };
  }

  #show() {
    const { view, stage } = this.parts;
    if (Number.isNaN(this.x)) [this.x, this.y] = [view.width / 2, view.height / 2];
    this.x = Math.min(view.width, Math.max(0, this.x));
    this.y = Math.min(view.height, Math.max(0, this.y));
    this.cross.hidden = !stage.matches(":focus-visible");
    this.cross.classList.toggle("drawing", this.drawing);
    this.cross.style.translate = `${this.x}px ${this.y}px`;
  }
}
