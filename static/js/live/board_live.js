// The upper canvas: what is being drawn right now, by both. It lies only where something is being drawn, as all of it is sent to the
// screen with each new point.

import { partOf } from "./board_live_part.js";
import { inkPath, paint, paintHighlight } from "./board_paint.js";
import { PALETTE } from "./protocol.js";

/** @typedef {import("./board_state.js").Operation} Operation */

// A long stroke is outlined in parts: those that the hand has left are not outlined again in each frame.
const PART = 90 * 3;
const LAP = 6 * 3;

export class LiveLayer {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    /** @type {Map<string, Path2D[]>} finished parts of unfinished strokes */
    this.parts = new Map();
    this.empty = true;
    /** what `part` was made for: it may grow while that is the same @type {string} */
    this.seen = "";
    /** where the canvas lies in the window, device px @type {import("./board_live_part.js").Part|null} */
    this.part = null;
    canvas.style.visibility = "hidden";
  }

  /** @param {{op: Operation, ahead?: number[]}[]} unfinished @param {import("./board_grid.js").Sight} sight
   *  @param {number} ratio device px per CSS px */
  paint(unfinished, sight, ratio) {
    if (unfinished.length === 0 && this.empty) return; // a canvas that is cleared again is sent to the screen again
    const { context, canvas } = this;
    const seen = [sight.x, sight.y, sight.width, sight.height, sight.scale].join();
    const part = partOf(unfinished, sight, seen === this.seen ? this.part : null);
    this.seen = seen;
    this.empty = part === null;
    canvas.style.visibility = this.empty ? "hidden" : ""; // an empty one would be laid over the board with every frame
    if (part) this.#place(part, ratio);
    this.part = part;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    const [left, top] = part ?? [0, 0];
    context.setTransform(sight.scale, 0, 0, sight.scale, -sight.x * sight.scale - left, -sight.y * sight.scale - top);
    const drawn = new Set(unfinished.map(({ op }) => op.id));
    for (const id of this.parts.keys()) if (!drawn.has(id)) this.parts.delete(id);
    // A highlighter must darken what lies on the canvas below as it will once it is finished.
    const blend = unfinished.some(({ op }) => op.pen === "highlighter") ? "multiply" : "";
    if (canvas.style.mixBlendMode !== blend) canvas.style.mixBlendMode = blend;
    for (const { op, ahead } of unfinished) {
      if (op.do !== "stroke") paint(context, op, () => {});
      else if (op.pen === "highlighter") paintHighlight(context, { ...op, points: [...(op.points ?? []), ...(ahead ?? [])] });
      else this.#ink(op, ahead ?? []);
    }
  }

  /** @param {import("./board_live_part.js").Part} part @param {number} ratio */
  #place([left, top, right, bottom], ratio) {
    const { canvas } = this;
    if (canvas.width !== right - left) canvas.width = right - left;
    if (canvas.height !== bottom - top) canvas.height = bottom - top;
    const [width, height] = [canvas.width / ratio, canvas.height / ratio];
    Object.assign(canvas.style, { left: `${left / ratio}px`, top: `${top / ratio}px`, width: `${width}px`, height: `${height}px` });
  }

  /** @param {Operation} op @param {number[]} ahead */
  #ink(op, ahead) {
    const points = op.points ?? [];
    const width = op.width ?? 30;
    const id = op.id ?? "";
    const parts = this.parts.get(id) ?? [];
    const full = Math.max(0, Math.floor(points.length / PART) - 1);
    while (parts.length < full) {
      const from = parts.length * PART;
      parts.push(inkPath(points.slice(Math.max(0, from - LAP), from + PART + LAP), width, false));
    }
    parts.length = Math.min(parts.length, full); // the other's ink may have been corrected
    this.parts.set(id, parts);
    this.context.fillStyle = PALETTE[op.color ?? 0] ?? PALETTE[0];
    for (const part of parts) this.context.fill(part);
    this.context.fill(inkPath([...points.slice(Math.max(0, full * PART - LAP)), ...ahead], width, false));
  }
}
