// Pages of a PDF become pages of the board, each a picture under the size limit. pdf.js is fetched when a PDF is first opened.

import { fill } from "./announce.js";
import { newId } from "./ids.js";
import { shrink } from "./photo.js";

/** @typedef {import("./board_state.js").Operation} Operation */
/** @typedef {import("pdfjs-dist").PDFDocumentProxy} Pdf */

const MOST_MB = 30;
const OFFERED = 60; // pages one may choose from
const THUMB_PX = 150;
const PAGE_PX = 1400;
const MARGIN = 240; // board units

export class BoardPdf {
  /** @param {{words: Record<string, string>, notice: (text: string) => void, free: () => number,
   *   nextPage: (first: boolean) => {page: number, add: boolean}, width: () => number, commit: (op: Operation, touched?: string[], group?: string) => void, showPage: (page: number) => void}} parts
   *  `free` is how many pages the board still takes, `nextPage` where the next picture goes and whether that page is to be added,
   *  `width` the board's on the screen in board units */
  constructor(parts) {
    this.parts = parts;
    this.dialog = /** @type {HTMLDialogElement} */ (document.querySelector("[data-pdf-dialog]"));
    this.grid = /** @type {HTMLElement} */ (this.dialog.querySelector("[data-pdf-pages]"));
    this.line = /** @type {HTMLElement} */ (this.dialog.querySelector("[data-pdf-line]"));
    this.put = /** @type {HTMLButtonElement} */ (this.dialog.querySelector("[data-pdf-put]"));
    /** @type {Pdf|null} */
    this.pdf = null;
    this.busy = false;
    this.grid.addEventListener("change", () => this.#count());
    this.put.addEventListener("click", () => void this.#place());
    this.dialog.querySelector("[data-close]")?.addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("close", () => void this.#forget());
  }

  /** @param {File} file */
  async open(file) {
    const { words, notice } = this.parts;
    if (file.size > MOST_MB * 1e6) {
      notice(fill(words.pdf_large, { size: MOST_MB }));
      return;
    }
    await this.#forget();
    this.grid.replaceChildren();
    this.line.textContent = words.pdf_opening;
    this.put.disabled = true;
    this.dialog.showModal();
    try {
      const pdfjs = await import("pdfjs-dist/legacy/build/pdf.mjs");
      pdfjs.GlobalWorkerOptions.workerSrc = this.dialog.dataset.worker ?? "";
      // Under our policy nothing may be compiled at run time, and a lesson needs no scripts of a document.
      this.pdf = await pdfjs.getDocument({ data: await file.arrayBuffer(), isEvalSupported: false, useWasm: false }).promise;
    } catch (error) {
      this.dialog.close();
      notice(/** @type {Error} */ (error).name === "PasswordException" ? words.pdf_locked : words.pdf_bad);
      return;
    }
    await this.#offer();
  }

  async #offer() {
    const pdf = /** @type {Pdf} */ (this.pdf);
    const count = Math.min(pdf.numPages, OFFERED);
    for (let number = 1; number <= count; number += 1) this.grid.append(this.#card(number, pdf.numPages === 1));
    this.#count();
    for (let number = 1; number <= count && this.pdf === pdf; number += 1) {
      const canvas = /** @type {HTMLCanvasElement} */ (this.grid.querySelector(`[data-pdf-page="${number}"] canvas`));
      try {
        await draw(pdf, number, THUMB_PX, canvas);
      } catch {
        return; // closed meanwhile, or a page that can't be drawn: its number can still be chosen
      }
    }
  }

  /** @param {number} number @param {boolean} chosen */
  #card(number, chosen) {
    const card = document.createElement("label");
    card.className = "pdf-page";
    card.dataset.pdfPage = String(number);
    const box = Object.assign(document.createElement("input"), { type: "checkbox", className: "checkbox", checked: chosen, value: String(number) });
    const word = document.createElement("span");
    word.className = "num";
    word.textContent = fill(this.parts.words.pdf_page, { page: number });
    card.append(document.createElement("canvas"), box, word);
    return card;
  }

  #chosen() {
    return [.../** @type {NodeListOf<HTMLInputElement>} */ (this.grid.querySelectorAll("input:checked"))].map(({ value }) => Number(value));
  }

  #count() {
    const { words, free } = this.parts;
    const [count, left, all] = [this.#chosen().length, free(), this.pdf?.numPages ?? 0];
    const over = count > left;
    this.put.disabled = this.busy || count === 0 || over;
    this.put.textContent = count === 1 ? words.pdf_put_one : fill(words.pdf_put, { count });
    const first = all > OFFERED ? fill(words.pdf_first, { count: OFFERED, all }) : "";
    this.line.textContent = over ? fill(words.pdf_over, { count: left }) : `${fill(words.pdf_choose, { count: left })} ${first}`;
  }

  async #place() {
    const { words, notice, commit, nextPage, showPage, width } = this.parts;
    const pdf = /** @type {Pdf} */ (this.pdf);
    const numbers = this.#chosen();
    const group = newId();
    this.busy = true;
    this.put.disabled = true;
    let failed = 0;
    /** @type {number|null} */
    let start = null;
    for (const [index, number] of numbers.entries()) {
      this.line.textContent = fill(words.pdf_placing, { page: index + 1, pages: numbers.length });
      const op = await this.#picture(pdf, number, width()).catch(() => null);
      if (this.pdf !== pdf) break; // closed meanwhile: what is placed stays, the rest is not wanted
      if (!op) {
        failed += 1;
        continue;
      }
      const { page, add } = nextPage(start === null);
      if (add) commit({ do: "page_add" });
      commit({ ...op, page }, [], group);
      start ??= page;
    }
    this.busy = false;
    this.dialog.close();
    if (start !== null) showPage(start);
    if (failed > 0) notice(fill(words.pdf_failed, { count: failed }));
  }

  /** @param {Pdf} pdf @param {number} number @param {number} width @returns {Promise<Operation|null>} */
  async #picture(pdf, number, width) {
    const canvas = document.createElement("canvas");
    await draw(pdf, number, PAGE_PX, canvas);
    const data = shrink(canvas);
    if (!data) return null;
    const wide = Math.round(Math.max(3000, width - 2 * MARGIN));
    const high = Math.round((wide * canvas.height) / canvas.width);
    return { do: "image", id: newId(), box: [MARGIN, MARGIN, MARGIN + wide, MARGIN + high], data };
  }

  async #forget() {
    const { pdf } = this;
    this.pdf = null;
    this.busy = false;
    await pdf?.destroy();
  }
}

/** @param {Pdf} pdf @param {number} number @param {number} width in px @param {HTMLCanvasElement} canvas */
async function draw(pdf, number, width, canvas) {
  const page = await pdf.getPage(number);
  const plain = page.getViewport({ scale: 1 });
  const viewport = page.getViewport({ scale: width / plain.width });
  canvas.width = Math.round(viewport.width);
  canvas.height = Math.round(viewport.height);
  await page.render({ canvas, viewport, background: "#ffffff" }).promise;
  page.cleanup();
}

