// The board as a file: one page as PNG or SVG, all pages as PDF.

import { around, bounds, shifted } from "./board_bounds.js";
import { BoardIndex } from "./board_index.js";
import { paintPlaces, picture } from "./board_paint.js";
import { paintPaper } from "./board_paper.js";
import { pageSvg } from "./board_svg.js";
import { UNITS } from "./geometry.js";

/** @typedef {import("./board_state.js").BoardState} BoardState */
/** @typedef {{x: number, y: number, width: number, height: number}} Part  of the board, in CSS px at 100 % */

export const PAPER_COLOR = "#fdfcf9";
const MARGIN = 32;
const LEAST = { width: 640, height: 400 };
const SHARP = 2;
// What a canvas can hold on a phone; a larger page is painted less sharp.
const MOST_PIXELS = 16_000_000;

/**
 * @param {BoardState} state @param {"png"|"svg"|"pdf"} format
 * @param {number} [page] of a PNG or SVG; a PDF has all
 * @returns {Promise<Blob>}
 */
export async function exportBoard(state, format, page = 0) {
  if (format === "svg") return new Blob([pageSvg(state, page, pagePart(state, page))], { type: "image/svg+xml" });
  if (format === "png") return pagePng(state, page);
  // The writer of PDF is large and rarely needed: it is fetched when somebody asks for it.
  const { boardPdf } = await import("./board_pdf_file.js");
  return new Blob([await boardPdf(state)], { type: "application/pdf" });
}

/** Hand a file to the person. @param {Blob} blob @param {string} name */
export function saveFile(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The part of a page that a file shows: all that is on it, with a margin. @param {BoardState} state @param {number} page @returns {Part} */
export function pagePart(state, page) {
  const all = around(state.visible(page).map(({ id, op }) => shifted(bounds(op), state.shift(id))));
  if (!all) return { x: 0, y: 0, ...LEAST };
  const [left, top, right, bottom] = [all.minX, all.minY, all.maxX, all.maxY].map((unit) => unit / UNITS);
  const width = Math.max(LEAST.width, Math.ceil(right - left) + 2 * MARGIN);
  const height = Math.max(LEAST.height, Math.ceil(bottom - top) + 2 * MARGIN);
  return { x: Math.floor(left) - MARGIN, y: Math.floor(top) - MARGIN, width, height };
}

/** @param {BoardState} state @param {number} page @returns {Promise<Blob>} */
async function pagePng(state, page) {
  const part = pagePart(state, page);
  const scale = Math.min(SHARP, Math.sqrt(MOST_PIXELS / (part.width * part.height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(part.width * scale);
  canvas.height = Math.round(part.height * scale);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = PAPER_COLOR;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.setTransform(scale, 0, 0, scale, -part.x * scale, -part.y * scale);
  paintPaper(context, state.paper(page), part, 1);
  await Promise.all(state.visible(page).filter(({ op }) => op.do === "image").map(({ op }) => picture(op)));
  const index = new BoardIndex(state, page);
  const places = index.within(index.all() ?? { minX: 0, minY: 0, maxX: 0, maxY: 0 });
  paintPlaces(context, places, 0, Infinity, { scale, draft: false, rough: false }, () => {});
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("the picture is too large"))), "image/png"));
}
