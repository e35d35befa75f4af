// Paints squares of the board beside the page (board_easel.js).

import { SIDE } from "../live/board_grid.js";
import { paintPlaces } from "../live/board_paint.js";
import { Unpacker } from "../live/board_parcel.js";

const canvas = new OffscreenCanvas(SIDE, SIDE);
const context = /** @type {any} */ (canvas.getContext("2d", { willReadFrequently: true }));
const unpacker = new Unpacker();

self.addEventListener("message", ({ data: { job, i, j, how, parcel, stamps, sheets } }) => {
  const answer = { job, image: /** @type {ImageBitmap|null} */ (null), rough: false };
  try {
    context.setTransform(how.scale, 0, 0, how.scale, -i * SIDE, -j * SIDE);
    const seen = unpacker.unpack(parcel);
    let from = 0;
    for (let at = 0; at <= seen.length; at += 1) {
      const one = seen[at];
      if (one !== undefined && typeof one !== "number") continue;
      paintPlaces(context, /** @type {any} */ (seen.slice(from, at)), 0, Infinity, how, () => {});
      from = at + 1;
      if (one !== undefined) press(stamps[one], sheets);
    }
    for (const sheet of sheets) sheet.close();
    answer.rough = how.rough;
    answer.image = canvas.transferToImageBitmap(); // the canvas is empty afterwards
  } catch (error) {
    console.warn("painter", error); // the page paints by itself from now on
  }
  /** @type {any} */ (self).postMessage(answer, answer.image ? [answer.image] : []);
});

/** @param {import("../live/board_easel.js").Stamp} stamp @param {ImageBitmap[]} sheets */
function press({ x, y, width, height, sheet }, sheets) {
  if (width === 0 || height === 0) return;
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.drawImage(sheets[sheet], x, y, width, height, x, y, width, height);
  context.restore();
}
