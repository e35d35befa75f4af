// The page as a list: every thing has its line, which takes one to it. For screen readers, and for who has lost something.

const SOON_MS = 300;
const SHOWN = 300;

export class BoardOutline {
  /** @param {{list: () => {id: string, name: string}[], title: () => string, empty: string, more: (count: number) => string,
   *   onPick: (id: string) => void, onRemove: (id: string) => void}} parts */
  constructor(parts) {
    this.parts = parts;
    this.panel = /** @type {HTMLElement} */ (document.getElementById("board-outline"));
    this.place = /** @type {HTMLOListElement} */ (this.panel.querySelector("[data-outline]"));
    this.head = /** @type {HTMLElement} */ (this.panel.querySelector("[data-outline-title]"));
    this.planned = false;
    this.panel.addEventListener("toggle", () => this.changed());
    this.place.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement|null} */ (/** @type {Element} */ (event.target).closest("[data-thing]"));
      if (!button) return;
      this.panel.hidePopover();
      parts.onPick(button.dataset.thing ?? "");
    });
    this.place.addEventListener("keydown", (event) => {
      const button = /** @type {HTMLElement|null} */ (/** @type {Element} */ (event.target).closest("[data-thing]"));
      if (!button || (event.key !== "Delete" && event.key !== "Backspace")) return;
      event.preventDefault();
      const next = button.parentElement?.nextElementSibling ?? button.parentElement?.previousElementSibling;
      parts.onRemove(button.dataset.thing ?? "");
      this.#show(/** @type {HTMLElement|null|undefined} */ (next?.querySelector("[data-thing]"))?.dataset.thing);
    });
  }

  /** Something on the board is new; the open list shows it soon. */
  changed() {
    if (this.planned || !this.panel.matches(":popover-open")) return;
    this.planned = true;
    setTimeout(() => {
      this.planned = false;
      if (this.panel.matches(":popover-open")) this.#show();
    }, SOON_MS);
  }

  /** @param {string} [focus] the thing whose line gets the focus */
  #show(focus) {
    const held = focus ?? /** @type {HTMLElement|null} */ (document.activeElement)?.dataset.thing;
    const things = this.parts.list();
    this.head.textContent = this.parts.title();
    const lines = things.slice(0, SHOWN).map(({ id, name }) => {
      const line = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "menu-row";
      button.dataset.thing = id;
      button.textContent = name;
      line.append(button);
      return line;
    });
    const rest = things.length > SHOWN ? this.parts.more(things.length - SHOWN) : things.length === 0 ? this.parts.empty : "";
    if (rest) {
      const line = document.createElement("li");
      line.className = "muted";
      line.textContent = rest;
      lines.push(line);
    }
    this.place.replaceChildren(...lines);
    if (held) /** @type {HTMLElement|null} */ (this.place.querySelector(`[data-thing="${CSS.escape(held)}"]`))?.focus();
  }
}
