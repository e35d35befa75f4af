// A page of the board as SVG. No DOM: text goes in, text comes out, and words from the board are never markup.

import { HIGHLIGHTER_TIMES } from "./board_bounds.js";
import { HIGHLIGHTS, HIGHLIGHT_ALPHA, FONT, inkOutline, leadThrough } from "./board_paint.js";
import { paperMarks } from "./board_paper.js";
import { UNITS } from "./geometry.js";
import { PALETTE } from "./protocol.js";

/** @typedef {import("./board_state.js").Operation} Operation */

/** @param {number} n two decimals are a fiftieth of a pixel */
const short = (n) => String(Math.round(n * 100) / 100);

/** Words as text of an XML document, also within quotes. What XML can't hold is left out. @param {string} text */
export function escaped(text) {
  const safe = text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "");
  return safe.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** Writes what a canvas path would do as the "d" of an SVG path. */
export class PathText {
  constructor() {
    /** @type {string[]} */
    this.parts = [];
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.parts.push(`M${short(x)} ${short(y)}`);
  }

  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    this.parts.push(`L${short(x)} ${short(y)}`);
  }

  /** @param {number} ax @param {number} ay @param {number} x @param {number} y */
  quadraticCurveTo(ax, ay, x, y) {
    this.parts.push(`Q${short(ax)} ${short(ay)} ${short(x)} ${short(y)}`);
  }

  get d() {
    return this.parts.join("");
  }
}

/** The outline of a pen's stroke, to be filled. @param {Operation} op */
export function inkD(op) {
  const outline = inkOutline(op.points ?? [], op.width ?? 30, true);
  if (outline.length === 0) return "";
  const path = new PathText();
  path.moveTo(outline[0][0], outline[0][1]);
  outline.forEach(([ax, ay], i) => {
    const [bx, by] = outline[(i + 1) % outline.length];
    if (i > 0) path.quadraticCurveTo(ax, ay, (ax + bx) / 2, (ay + by) / 2);
  });
  return `${path.d}Z`;
}

/** The middle line of a highlighter's stroke, to be drawn wide. @param {Operation} op */
export function highlightD(op) {
  const path = new PathText();
  leadThrough(/** @type {any} */ (path), op.points ?? []);
  return path.d;
}

/** A shape's outline, to be drawn. @param {Operation} op */
export function shapeD(op) {
  const [ax, ay, bx, by] = (op.box ?? [0, 0, 0, 0]).map((unit) => unit / UNITS);
  const [left, top, right, bottom] = [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)].map(short);
  if (op.kind === "rectangle") return `M${left} ${top}L${right} ${top}L${right} ${bottom}L${left} ${bottom}Z`;
  if (op.kind === "ellipse") {
    const [rx, ry, middle] = [Math.abs(bx - ax) / 2, Math.abs(by - ay) / 2, (ay + by) / 2].map(short);
    return `M${left} ${middle}A${rx} ${ry} 0 1 0 ${right} ${middle}A${rx} ${ry} 0 1 0 ${left} ${middle}Z`;
  }
  let d = `M${short(ax)} ${short(ay)}L${short(bx)} ${short(by)}`;
  if (op.kind === "arrow") {
    const angle = Math.atan2(by - ay, bx - ax);
    const head = Math.min(18, Math.max(8, Math.hypot(bx - ax, by - ay) / 4));
    for (const turn of [-0.45, 0.45]) d += `M${short(bx)} ${short(by)}L${short(bx - head * Math.cos(angle + turn))} ${short(by - head * Math.sin(angle + turn))}`;
  }
  return d;
}

/** @param {Operation} op @returns {string} */
function element(op) {
  const color = PALETTE[op.color ?? 0] ?? PALETTE[0];
  const line = `fill="none" stroke-linecap="round" stroke-linejoin="round"`;
  if (op.do === "stroke" && op.pen === "highlighter") {
    const width = short(((op.width ?? 30) / UNITS) * HIGHLIGHTER_TIMES);
    const light = HIGHLIGHTS[op.color ?? 0] ?? HIGHLIGHTS[0];
    return `<path d="${highlightD(op)}" ${line} stroke="${light}" stroke-opacity="${HIGHLIGHT_ALPHA}" stroke-width="${width}" style="mix-blend-mode:multiply"/>`;
  }
  if (op.do === "stroke") return `<path d="${inkD(op)}" fill="${color}"/>`;
  if (op.do === "shape") return `<path d="${shapeD(op)}" ${line} stroke="${color}" stroke-width="${short((op.width ?? 30) / UNITS)}"/>`;
  const [x, y] = (op.do === "text" ? (op.at ?? [0, 0]) : [0, 0]).map((unit) => unit / UNITS);
  if (op.do === "text") {
    const size = (op.size ?? 200) / UNITS;
    const lines = (op.text ?? "").split("\n").map((words, n) => `<tspan x="${short(x)}" y="${short(y + size * (0.8 + n * 1.25))}">${escaped(words)}</tspan>`);
    return `<text font-family="${escaped(FONT)}" font-size="${short(size)}" fill="${color}" xml:space="preserve">${lines.join("")}</text>`;
  }
  if (op.do !== "image") return "";
  const [ax, ay, bx, by] = (op.box ?? [0, 0, 0, 0]).map((unit) => unit / UNITS);
  const place = `x="${short(Math.min(ax, bx))}" y="${short(Math.min(ay, by))}" width="${short(Math.abs(bx - ax))}" height="${short(Math.abs(by - ay))}"`;
  return `<image ${place} preserveAspectRatio="none" href="${escaped(op.data ?? "")}"/>`;
}

/**
 * @param {import("./board_state.js").BoardState} state @param {number} page
 * @param {import("./board_export.js").Part} part @returns {string} an SVG document
 */
export function pageSvg(state, page, part) {
  const { lines, words } = paperMarks(state.paper(page), part, 1);
  const paper = [
    ...lines.map(({ ax, ay, bx, by, color, width }) => `<line x1="${short(ax)}" y1="${short(ay)}" x2="${short(bx)}" y2="${short(by)}" stroke="${color}" stroke-width="${width}"/>`),
    ...words.map(({ x, y, text, color, size }) => `<text x="${short(x)}" y="${short(y + size)}" font-family="sans-serif" font-size="${size}" fill="${color}">${escaped(text)}</text>`),
  ];
  const things = state.visible(page).map(({ id, op }) => {
    const [dx, dy] = state.shift(id);
    const made = element(op);
    return dx === 0 && dy === 0 ? made : `<g transform="translate(${short(dx / UNITS)} ${short(dy / UNITS)})">${made}</g>`;
  });
  const box = `${part.x} ${part.y} ${part.width} ${part.height}`;
  const sheet = `<rect x="${part.x}" y="${part.y}" width="${part.width}" height="${part.height}" fill="#fdfcf9"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${part.width}" height="${part.height}" viewBox="${box}">\n${[sheet, ...paper, ...things].join("\n")}\n</svg>\n`;
}
