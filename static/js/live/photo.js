// A picture for the board: made small enough here, so that it never breaks the line.

import { newId } from "./ids.js";
import { LIMIT } from "./protocol.js";

const SIDES = [1200, 900, 640, 480];
const QUALITIES = [0.8, 0.6, 0.4];

/**
 * Make the step that puts a picture into the middle of what is seen.
 * @param {File} file @param {import("./board_view.js").BoardView} view
 * @returns {Promise<import("./board_state.js").Operation|"photo_bad"|"photo_large">}
 */
export async function pictureStep(file, view) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return "photo_bad";
  }
  const data = shrink(bitmap);
  if (!data) return "photo_large";
  const [left, top] = view.viewport.toBoard(0, 0);
  const [right, bottom] = view.viewport.toBoard(view.width, view.height);
  const scale = Math.min(((right - left) * 0.7) / bitmap.width, ((bottom - top) * 0.6) / bitmap.height);
  const [width, height] = [bitmap.width * scale, bitmap.height * scale].map(Math.round);
  const x = Math.round((left + right - width) / 2);
  const y = Math.round((top + bottom - height) / 2);
  return { do: "image", id: newId(), page: view.page, box: [x, y, x + width, y + height], data };
}

/** @param {ImageBitmap|HTMLCanvasElement} bitmap @returns {string|null} a data URL within the limit; white under transparency */
export function shrink(bitmap) {
  const canvas = document.createElement("canvas");
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  for (const side of SIDES) {
    const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    for (const quality of QUALITIES) {
      const data = canvas.toDataURL("image/jpeg", quality);
      if (data.length <= LIMIT.IMAGE_CHARS) return data;
    }
  }
  return null;
}
