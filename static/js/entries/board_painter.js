// Paints squares of the board beside the page (board_easel.js).

import { learn } from "../live/board_fonts.js";
import { SIDE } from "../live/board_grid.js";
import { FONT, paintPlaces, picture } from "../live/board_paint.js";
import { Unpacker } from "../live/board_parcel.js";

/** @typedef {import("../live/board_parcel.js").Seen} Seen */

const canvas = new OffscreenCanvas(SIDE, SIDE);
const context = /** @type {any} */ (canvas.getContext("2d", { willReadFrequently: true }));
const unpacker = new Unpacker();
/** @type {FontFaceSet} */
const known = /** @type {any} */ (self).fonts;

self.addEventListener("message", async ({ data: { job, i, j, how, parcel, fonts } }) => {
  const answer = { job, image: /** @type {ImageBitmap|null} */ (null), rough: false };
  try {
    learn(fonts, known);
    const seen = unpacker.unpack(parcel);
    await ready(seen);
    context.setTransform(how.scale, 0, 0, how.scale, -i * SIDE, -j * SIDE);
    paintPlaces(context, /** @type {any} */ (seen), 0, Infinity, how, () => {});
    answer.rough = how.rough;
    answer.image = canvas.transferToImageBitmap(); // the canvas is empty afterwards
  } catch (error) {
    console.warn("painter", error); // the page paints by itself from now on
  }
  /** @type {any} */ (self).postMessage(answer, answer.image ? [answer.image] : []);
});

/** Wait until the letters and pictures of things are there. A font that can't be had is no reason to wait longer. @param {Seen[]} seen */
async function ready(seen) {
  const ops = seen.map(({ thing }) => thing.op);
  const letters = new Set(ops.flatMap(({ do: kind, text }) => (kind === "text" ? [...(text ?? "")] : [])));
  const font = letters.size > 0 ? known.load(`16px ${FONT}`, [...letters].join("")).catch(() => []) : [];
  await Promise.all([font, ...ops.filter((op) => op.do === "image").map(picture)]);
}
