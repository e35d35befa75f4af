// The labelled controls in thumb reach, and their keys.

/** @typedef {{pressed: boolean, word: string, off?: boolean}} Face  `off` shows the crossed-out icon */

export class Controls {
  /** @param {{root: ParentNode, actions: Record<string, () => void>, keys: Record<string, string>, otherKey: (event: KeyboardEvent) => boolean}} parts
   *  `keys` maps a letter to an action's name */
  constructor({ root, actions, keys, otherKey }) {
    this.root = root;
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-control]"))) {
      button.addEventListener("click", () => actions[button.dataset.control ?? ""]?.());
    }
    document.addEventListener("keydown", (event) => {
      const target = /** @type {Element} */ (event.target);
      if (event.repeat || target.closest("input, textarea, select, dialog[open]")) return;
      const name = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key.toLowerCase()];
      if (name) actions[name]();
      if (name || otherKey(event)) event.preventDefault();
    });
  }

  /** @param {string} name @param {Face} face */
  show(name, { pressed, word, off = pressed }) {
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (this.root.querySelectorAll(`[data-control="${name}"]`))) {
      button.setAttribute("aria-pressed", String(pressed));
      /** @type {HTMLElement} */ (button.querySelector("[data-word]")).textContent = word;
      /** @type {HTMLElement} */ (button.querySelector("[data-on]")).hidden = off;
      /** @type {HTMLElement} */ (button.querySelector("[data-off]")).hidden = !off;
    }
  }
}
