// The whole board as a PDF: ink and shapes as lines that stay sharp, words and pictures as pictures (any script, any font).

import { BlendMode, LineCapStyle, PDFDocument, rgb } from "pdf-lib";
import { HIGHLIGHTER_TIMES, bounds } from "./board_bounds.js";
import { PAPER_COLOR, pagePart } from "./board_export.js";
import { HIGHLIGHTS, HIGHLIGHT_ALPHA, paint, picture, pictureBytes } from "./board_paint.js";
import { paperMarks } from "./board_paper.js";
import { highlightD, inkD, shapeD } from "./board_svg.js";
import { UNITS } from "./geometry.js";
import { PALETTE } from "./protocol.js";

/** @typedef {import("./board_state.js").Operation} Operation @typedef {import("pdf-lib").PDFPage} PDFPage */

const POINTS = 0.75; // of a CSS px
const WORDS_SHARP = 4;

/** @param {string} color "#rrggbb" */
const ofColor = (color) => rgb(...(/** @type {[number, number, number]} */ ([1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255))));

/** @param {import("./board_state.js").BoardState} state @returns {Promise<Uint8Array<ArrayBuffer>>} the bytes of the file, a sheet for each page */
export async function boardPdf(state) {
  const file = await PDFDocument.create();
  file.setCreator("PeerLearn");
  for (let number = 0; number < state.pages; number += 1) {
    const part = pagePart(state, number);
    const sheet = file.addPage([part.width * POINTS, part.height * POINTS]);
    sheet.drawRectangle({ x: 0, y: 0, width: part.width * POINTS, height: part.height * POINTS, color: ofColor(PAPER_COLOR) });
    const { lines, words } = paperMarks(state.paper(number), part, 1);
    for (const { ax, ay, bx, by, color, width } of lines) {
      const spot = (/** @type {number} */ x, /** @type {number} */ y) => ({ x: (x - part.x) * POINTS, y: (part.y + part.height - y) * POINTS });
      sheet.drawLine({ start: spot(ax, ay), end: spot(bx, by), thickness: width * POINTS, color: ofColor(color) });
    }
    for (const { x, y, text, color, size } of words) {
      sheet.drawText(text, { x: (x - part.x) * POINTS, y: (part.y + part.height - y - size) * POINTS, size: size * POINTS, color: ofColor(color) });
    }
    for (const { id, op } of state.visible(number)) await draw(file, sheet, part, op, state.shift(id));
  }
  return /** @type {Uint8Array<ArrayBuffer>} */ (await file.save());
}

/** @param {PDFDocument} file @param {PDFPage} sheet @param {import("./board_export.js").Part} part @param {Operation} op
 *  @param {readonly [number, number]} shift */
async function draw(file, sheet, part, op, [dx, dy]) {
  const color = ofColor(PALETTE[op.color ?? 0] ?? PALETTE[0]);
  const left = part.x - dx / UNITS;
  const bottom = part.y + part.height - dy / UNITS;
  // Paths are given from the top left with y downwards: their origin is the board's.
  const origin = { x: -left * POINTS, y: bottom * POINTS, scale: POINTS };
  if (op.do === "stroke" && op.pen === "highlighter") {
    sheet.drawSvgPath(highlightD(op), {
      ...origin, borderColor: ofColor(HIGHLIGHTS[op.color ?? 0] ?? HIGHLIGHTS[0]), borderWidth: ((op.width ?? 30) / UNITS) * HIGHLIGHTER_TIMES,
      borderOpacity: HIGHLIGHT_ALPHA, borderLineCap: LineCapStyle.Round, blendMode: BlendMode.Multiply,
    });
  } else if (op.do === "stroke") {
    const d = inkD(op);
    if (d) sheet.drawSvgPath(d, { ...origin, color });
  } else if (op.do === "shape") {
    sheet.drawSvgPath(shapeD(op), { ...origin, borderColor: color, borderWidth: (op.width ?? 30) / UNITS, borderLineCap: LineCapStyle.Round });
  } else if (op.do === "text" || op.do === "image") {
    const made = op.do === "text" ? await wordsPicture(op) : await imagePicture(op);
    if (!made) return;
    const { box, bytes, jpeg } = made;
    const image = jpeg ? await file.embedJpg(bytes) : await file.embedPng(bytes);
    sheet.drawImage(image, { x: (box.x - left) * POINTS, y: (bottom - box.y - box.height) * POINTS, width: box.width * POINTS, height: box.height * POINTS });
  }
}

/** @typedef {{box: import("./board_export.js").Part, bytes: Uint8Array, jpeg: boolean}} Made */

/** @param {Operation} op @returns {Promise<Made|null>} */
async function wordsPicture(op) {
  const { minX, minY, maxX, maxY } = bounds(op);
  const box = { x: minX / UNITS, y: minY / UNITS, width: (maxX - minX) / UNITS, height: (maxY - minY) / UNITS };
  const sharp = Math.min(WORDS_SHARP, Math.sqrt(8_000_000 / (box.width * box.height)));
  return { box, jpeg: false, bytes: await painted(box.width * sharp, box.height * sharp, (context) => {
    context.setTransform(sharp, 0, 0, sharp, -box.x * sharp, -box.y * sharp);
    paint(context, op, () => {});
  }) };
}

/** @param {Operation} op @returns {Promise<Made|null>} null for what is no picture */
async function imagePicture(op) {
  const [ax, ay, bx, by] = (op.box ?? [0, 0, 0, 0]).map((unit) => unit / UNITS);
  const box = { x: Math.min(ax, bx), y: Math.min(ay, by), width: Math.abs(bx - ax), height: Math.abs(by - ay) };
  const image = await picture(op);
  if (!image || box.width === 0 || box.height === 0) return null;
  const { type, bytes } = pictureBytes(op);
  if (type === "image/jpeg") return { box, bytes, jpeg: true };
  return { box, jpeg: false, bytes: await painted(image.width, image.height, (context) => context.drawImage(image, 0, 0)) };
}

/** A PNG. @param {number} width @param {number} height @param {(context: CanvasRenderingContext2D) => void} does @returns {Promise<Uint8Array>} */
async function painted(width, height, does) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.ceil(width));
  canvas.height = Math.max(1, Math.ceil(height));
  does(/** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")));
  const blob = await new Promise((/** @type {(blob: Blob|null) => void} */ done) => canvas.toBlob(done, "image/png"));
  if (!blob) throw new Error("the picture is too large");
  return new Uint8Array(await blob.arrayBuffer());
}
