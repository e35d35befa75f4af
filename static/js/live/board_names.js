// Every thing on the board has a name, for who hears the board instead of seeing it. No DOM.

import { fill } from "./announce.js";

/** @typedef {import("./board_selection.js").Box} Box @typedef {import("./board_state.js").Thing} Thing */

const TEXT_CHARS = 80;

/** Where a box lies in a window: one of nine places, or outside. @param {Box} box @param {Box} window */
export function placeOf(box, window) {
  const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  const across = (x - window[0]) / (window[2] - window[0]);
  const down = (y - window[1]) / (window[3] - window[1]);
  if (across < 0 || across > 1 || down < 0 || down > 1) return "outside";
  const third = (/** @type {number} */ share) => Math.min(2, Math.floor(share * 3));
  return `${["top", "middle", "bottom"][third(down)]}_${["left", "centre", "right"][third(across)]}`;
}

/**
 * @param {Thing} thing @param {string} place a word of `placeOf`
 * @param {{words: Record<string, string>, me: string, name: string}} about `me` our public id, `name` the other one's first name
 */
export function nameOf({ op, author }, place, { words, me, name }) {
  const kind = op.do === "shape" ? op.kind : op.do === "stroke" && op.pen === "highlighter" ? "highlight" : op.do;
  const text = (op.text ?? "").replaceAll("\n", " ");
  return fill(words[`thing_${kind}`], {
    color: words[`color_${op.color ?? 0}`],
    who: author === me ? words.you : name,
    place: words[`place_${place}`],
    text: text.length > TEXT_CHARS ? `${text.slice(0, TEXT_CHARS)}…` : text,
  });
}
