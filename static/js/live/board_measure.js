// How wide a text is on the board, for who needs its box without a board on the screen.

import { textWidth } from "./board_paint.js";

/** @returns {(op: import("./board_state.js").Operation) => number} in board units */
export function textMeasure() {
  const context = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  return (op) => textWidth(context, op);
}
