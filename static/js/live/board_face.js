// How a painted square comes onto the screen: as a bitmap, handed over once each time it has changed. A canvas one paints on would be
// sent to the screen with every frame of a moving board, and where no graphics card draws, copied for it: twelve of them take longer
// than all the rest of a frame.

import { SIDE } from "./board_grid.js";

/** @typedef {{canvas: HTMLCanvasElement, context: CanvasRenderingContext2D}} Sheet */

const READ = { willReadFrequently: true };

/** @type {OffscreenCanvas|null|undefined} null where the browser has none */
let scratch;

/** A canvas to paint a square on, outside the page. @param {number} side device px @returns {Sheet} */
export function newSheet(side) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  // Painted by the processor, in slices that can be measured: what a graphics card is given takes its time when nobody looks.
  return { canvas, context: /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", READ)) };
}

/** Have what was told to a sheet so far really painted. @param {Sheet} sheet */
export function settle({ context }) {
  context.getImageData(0, 0, 1, 1);
}

/** What stands in the page for a square. @param {number} side CSS px @param {number} left @param {number} top @returns {HTMLCanvasElement} */
export function newFace(side, left, top) {
  const face = document.createElement("canvas");
  face.width = face.height = SIDE;
  face.dataset.canvas = "tile";
  const { style } = face;
  style.width = style.height = `${side}px`;
  style.left = `${left}px`;
  style.top = `${top}px`;
  return face;
}

/** Show a picture in a face, as many pixels as it has. A bitmap is used up by it. @param {HTMLCanvasElement} face
 *  @param {HTMLCanvasElement|ImageBitmap} picture */
export function present(face, picture) {
  const side = picture.width;
  if (face.width !== side) face.width = face.height = side;
  scratch ??= typeof OffscreenCanvas === "function" && typeof ImageBitmapRenderingContext === "function" ? new OffscreenCanvas(SIDE, SIDE) : null;
  const brush = scratch?.getContext("2d", READ);
  if (scratch && brush) {
    face.getContext("bitmaprenderer")?.transferFromImageBitmap(picture instanceof ImageBitmap ? picture : bitmapOf(picture, scratch, brush));
    return;
  }
  const plain = /** @type {CanvasRenderingContext2D} */ (face.getContext("2d"));
  plain.globalCompositeOperation = "copy";
  plain.drawImage(picture, 0, 0);
}

/** @param {HTMLCanvasElement} picture @param {OffscreenCanvas} canvas @param {OffscreenCanvasRenderingContext2D} brush of it */
function bitmapOf(picture, canvas, brush) {
  if (canvas.width !== picture.width) canvas.width = canvas.height = picture.width;
  brush.drawImage(picture, 0, 0); // it is empty after each handing over
  return canvas.transferToImageBitmap();
}
