// The frame around what is selected, with what can be done with it, and the box that is pulled up.

/** @typedef {import("./board_selection.js").Box} Box */

const PAD_PX = 6;
const BAR_PX = 60;

export class BoardMarks {
  /**
   * @param {{root: HTMLElement, view: import("./board_view.js").BoardView, selection: import("./board_selection.js").Selection,
   *   select: import("./tool_select.js").SelectTool, actions: Record<"edit"|"duplicate"|"remove", () => void>}} parts
   */
  constructor({ root, view, selection, select, actions }) {
    this.view = view;
    this.selection = selection;
    this.select = select;
    this.frame = /** @type {HTMLElement} */ (root.querySelector("[data-selection]"));
    this.marquee = /** @type {HTMLElement} */ (root.querySelector("[data-marquee]"));
    this.bar = /** @type {HTMLElement} */ (root.querySelector("[data-selection-bar]"));
    this.editing = /** @type {HTMLElement} */ (this.bar.querySelector('[data-selected="edit"]'));
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (this.bar.querySelectorAll("[data-selected]"))) {
      button.addEventListener("click", actions[/** @type {keyof typeof actions} */ (button.dataset.selected)]);
    }
  }

  show() {
    const { selection, select } = this;
    const box = selection.box();
    const [dx, dy] = select.doing === "drag" ? select.offset : [0, 0];
    hide(this.frame, !box);
    hide(this.bar, !box || select.doing !== null);
    if (box) {
      const [x, y, , bottom] = this.#lay(this.frame, [box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy], PAD_PX);
      const above = y > BAR_PX;
      const left = Math.min(Math.max(4, x), Math.max(4, this.view.width - 190));
      const top = above ? y - BAR_PX + 6 : Math.min(bottom + 8, this.view.height - BAR_PX);
      this.bar.style.translate = `${left}px ${Math.max(4, top)}px`;
      const things = selection.things();
      this.editing.hidden = !(things.length === 1 && things[0].op.do === "text");
    }
    hide(this.marquee, !select.marquee);
    if (select.marquee) this.#lay(this.marquee, select.marquee, 0);
  }

  /** @param {HTMLElement} element @param {Box} box @param {number} pad @returns {Box} on the screen */
  #lay(element, box, pad) {
    const [left, top] = this.view.viewport.toScreen(box[0], box[1]);
    const [right, bottom] = this.view.viewport.toScreen(box[2], box[3]);
    element.style.translate = `${left - pad}px ${top - pad}px`;
    element.style.width = `${right - left + 2 * pad}px`;
    element.style.height = `${bottom - top + 2 * pad}px`;
    return [left - pad, top - pad, right + pad, bottom + pad];
  }
}

/** Asked with every frame of a moving board: the browser styles an element anew even when it is told what it knows.
 *  @param {HTMLElement} element @param {boolean} hidden */
export function hide(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}
