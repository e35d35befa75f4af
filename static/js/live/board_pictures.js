// Pictures come onto the board: from a file, from the clipboard, dropped. A PDF gives its pages.

import { pictureStep } from "./photo.js";

/** @typedef {import("./board_state.js").Operation} Operation */

const PICTURE_MB = 25;

export class BoardPictures {
  /** @param {{root: HTMLElement, view: import("./board_view.js").BoardView, words: Record<string, string>, barred: () => boolean, bar: () => void,
   *   commit: (op: Operation, touched?: string[], group?: string) => void, notice: (text: string) => void, addPdf: (file: File) => Promise<void>}} parts */
  constructor(parts) {
    this.parts = parts;
    const { root } = parts;
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-photo]"))) {
      input.addEventListener("change", () => {
        const file = input.files?.[0];
        input.value = "";
        if (file) void this.add(file);
      });
    }
    document.addEventListener("paste", (event) => {
      const target = /** @type {Element} */ (event.target);
      const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith("image/") || type === "application/pdf");
      if (!file || target.closest?.("input, textarea, dialog[open]")) return;
      event.preventDefault();
      void this.add(file);
    });
    root.addEventListener("dragover", (event) => {
      event.preventDefault();
      root.classList.toggle("takes-drop", event.dataTransfer?.types.includes("Files") === true);
    });
    for (const name of ["dragleave", "drop", "dragend"]) root.addEventListener(name, () => root.classList.remove("takes-drop"));
    root.addEventListener("drop", (event) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file) void this.add(file);
    });
  }

  /** @param {File} file */
  async add(file) {
    const { view, words, barred, bar, commit, notice, addPdf } = this.parts;
    if (barred()) {
      bar();
      return;
    }
    if (file.type === "application/pdf" || file.name.toLowerCase().endsWith(".pdf")) {
      await addPdf(file);
      return;
    }
    const made = file.size > PICTURE_MB * 1e6 ? "photo_large" : await pictureStep(file, view);
    if (typeof made === "string") notice(words[made]);
    else commit(made);
  }
}
