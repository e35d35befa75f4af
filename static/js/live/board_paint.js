// Things become marks on a canvas. Knows the canvas context and nothing else of the page.

import { getStroke } from "perfect-freehand";
import { HIGHLIGHTER_TIMES } from "./board_bounds.js";
import { UNITS } from "./geometry.js";
import { PALETTE } from "./protocol.js";

/**
 * @typedef {import("./board_state.js").Operation} Operation
 * @typedef {{scale: number, draft: boolean, rough: boolean}} How  scale: device px per CSS px at 100 %; draft: plain lines will do for ink
 *   that has no outline yet; rough: told by the painter, whether it has used that leave
 */

/** The highlighter's colours, one for each ink: light, so that multiplied over paper they leave ink and print readable. */
export const HIGHLIGHTS = ["#ffe45c", "#b9c2ff", "#ffb3c6", "#a5ecc5", "#ffd29a", "#c9d3e6"];
export const HIGHLIGHT_ALPHA = 0.62;
// Ink thinner than this many pixels of the screen shows no outline: a plain line looks the same and costs a tenth.
const THIN = 1.5;
const PLAIN = 1.1;
// How much wider than its pen an outline is where the pen is pressed neither much nor little.
const OUTLINE = 1.35;

export const FONT = '"Anek", "Anek Latin Variable", system-ui, sans-serif';
/** @type {WeakMap<Operation, Path2D>} outlines are costly and things never change */
const outlines = new WeakMap();
/** @type {WeakMap<Operation, {image: ImageBitmap|null, ready: Promise<ImageBitmap|null>}>} */
const pictures = new WeakMap();

/** The outline of ink in CSS px at 100 %. @param {number[]} points @param {number} width in board units
 *  @param {boolean} finished whether the pen is up (the end is then tapered) @returns {number[][]} */
export function inkOutline(points, width, finished) {
  const input = [];
  for (let i = 0; i + 2 < points.length; i += 3) {
    input.push([points[i] / UNITS, points[i + 1] / UNITS, points[i + 2] / 100]);
  }
  return getStroke(input, {
    size: (width / UNITS) * OUTLINE,
    thinning: 0.45,
    smoothing: 0.55,
    streamline: finished ? 0 : 0.3, // a finished stroke was already smoothed so (ink_trace.js)
    simulatePressure: false,
    last: finished,
  });
}

/** @param {number[]} points @param {number} width in board units @param {boolean} finished */
export function inkPath(points, width, finished) {
  const outline = inkOutline(points, width, finished);
  const path = new Path2D();
  if (outline.length === 0) return path;
  path.moveTo(outline[0][0], outline[0][1]);
  for (let i = 1; i < outline.length; i += 1) {
    const [ax, ay] = outline[i];
    const [bx, by] = outline[(i + 1) % outline.length];
    path.quadraticCurveTo(ax, ay, (ax + bx) / 2, (ay + by) / 2);
  }
  path.closePath();
  return path;
}

/** Lead a line through points, rounded at each. @param {CanvasPath} path @param {number[]} points @param {number} [least] the
 *  shortest step worth drawing, in board units */
export function leadThrough(path, points, least = 0) {
  let [x, y] = points;
  path.moveTo(x / UNITS, y / UNITS);
  const end = points.length - 3;
  for (let i = 3; i <= end; i += 3) {
    const nextX = points[i];
    const nextY = points[i + 1];
    if (i < end && Math.abs(nextX - x) + Math.abs(nextY - y) < least) continue;
    if (i === end) path.lineTo(nextX / UNITS, nextY / UNITS);
    else path.quadraticCurveTo(x / UNITS, y / UNITS, (x + nextX) / 2 / UNITS, (y + nextY) / 2 / UNITS);
    x = nextX;
    y = nextY;
  }
  if (end === 0) path.lineTo(x / UNITS + 0.01, y / UNITS);
}

/**
 * Draw things one after the other until a moment; the context is scaled so that 1 is a CSS px at 100 %.
 * @param {CanvasRenderingContext2D} context @param {import("./board_index.js").Place[]} places @param {number} from @param {number} until
 *   a moment of performance.now() @param {How} how @param {(place: import("./board_index.js").Place) => void} later hears of each
 *   whose picture came later
 * @returns {number} the first that was not drawn
 */
export function paintPlaces(context, places, from, until, how, later) {
  let next = from;
  while (next < places.length && performance.now() < until) {
    const { thing, shift } = places[next];
    if (isPlain(thing.op, how)) {
      next = paintPlain(context, places, next, how);
      continue;
    }
    const place = places[next];
    if (shift[0] !== 0 || shift[1] !== 0) {
      context.translate(shift[0] / UNITS, shift[1] / UNITS);
      paint(context, thing.op, () => later(place));
      context.translate(-shift[0] / UNITS, -shift[1] / UNITS);
    } else paint(context, thing.op, () => later(place));
    next += 1;
  }
  return next;
}

/** Whether a line of one width does for ink: it shows no outline, or its outline is yet to be made and there is no time for it.
 *  @param {Operation} op @param {How} how */
function isPlain(op, how) {
  if (op.do !== "stroke" || op.pen === "highlighter") return false;
  if (((op.width ?? 30) / UNITS) * OUTLINE * how.scale < THIN) return true;
  if (!how.draft || outlines.has(op)) return false;
  how.rough = true;
  return true;
}

/** Neighbours of one colour and width in one line. @param {CanvasRenderingContext2D} context @param {import("./board_index.js").Place[]} places
 *  @param {number} from @param {How} how */
function paintPlain(context, places, from, how) {
  const { color, width } = places[from].thing.op;
  const least = (0.8 / how.scale) * UNITS;
  let next = from;
  context.beginPath();
  for (; next < places.length && next < from + 8; next += 1) {
    const { thing, shift } = places[next];
    const { op } = thing;
    if (op.color !== color || op.width !== width || !isPlain(op, how)) break;
    if (shift[0] !== 0 || shift[1] !== 0) context.translate(shift[0] / UNITS, shift[1] / UNITS);
    leadThrough(context, op.points ?? [], least);
    if (shift[0] !== 0 || shift[1] !== 0) context.translate(-shift[0] / UNITS, -shift[1] / UNITS);
  }
  context.strokeStyle = PALETTE[color ?? 0] ?? PALETTE[0];
  context.lineWidth = ((width ?? 30) / UNITS) * (how.draft ? OUTLINE : PLAIN);
  context.lineCap = context.lineJoin = "round";
  context.stroke();
  return next;
}

/** The width of a text thing in board units. @param {CanvasRenderingContext2D} context @param {Operation} op */
export function textWidth(context, op) {
  context.font = `${(op.size ?? 200) / UNITS}px ${FONT}`;
  return Math.max(...(op.text ?? "").split("\n").map((line) => context.measureText(line).width)) * UNITS;
}

/**
 * Draw one thing; the context is already scaled so that 1 is a CSS px at 100 %.
 * @param {CanvasRenderingContext2D} context @param {Operation} op @param {() => void} later called when a picture is ready
 */
export function paint(context, op, later) {
  const color = PALETTE[op.color ?? 0] ?? PALETTE[0];
  if (op.do === "stroke" && op.pen === "highlighter") {
    paintHighlight(context, op);
  } else if (op.do === "stroke") {
    let path = outlines.get(op);
    if (!path) outlines.set(op, (path = inkPath(op.points ?? [], op.width ?? 30, true)));
    context.fillStyle = color;
    context.fill(path);
  } else if (op.do === "text") {
    const [x, y] = op.at ?? [0, 0];
    const size = (op.size ?? 200) / UNITS;
    context.font = `${size}px ${FONT}`;
    context.fillStyle = color;
    context.textBaseline = "top";
    (op.text ?? "").split("\n").forEach((line, index) => context.fillText(line, x / UNITS, y / UNITS + index * size * 1.25));
  } else if (op.do === "shape") {
    paintShape(context, op, color);
  } else if (op.do === "image") {
    paintImage(context, op, later);
  }
}

/**
 * A wide translucent band. Multiplied, so that it looks as if it lay under ink and print, whichever came first.
 * @param {CanvasRenderingContext2D} context @param {Operation} op
 */
export function paintHighlight(context, op) {
  context.globalCompositeOperation = "multiply";
  context.globalAlpha = HIGHLIGHT_ALPHA;
  context.strokeStyle = HIGHLIGHTS[op.color ?? 0] ?? HIGHLIGHTS[0];
  context.lineWidth = ((op.width ?? 30) / UNITS) * HIGHLIGHTER_TIMES;
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  leadThrough(context, op.points ?? []);
  context.stroke();
  context.globalAlpha = 1;
  context.globalCompositeOperation = "source-over";
}

/** @param {CanvasRenderingContext2D} context @param {Operation} op @param {string} color */
function paintShape(context, op, color) {
  const [ax, ay, bx, by] = (op.box ?? [0, 0, 0, 0]).map((unit) => unit / UNITS);
  context.strokeStyle = color;
  context.lineWidth = (op.width ?? 30) / UNITS;
  context.lineCap = "round";
  context.lineJoin = "round";
  context.beginPath();
  if (op.kind === "ellipse") {
    context.ellipse((ax + bx) / 2, (ay + by) / 2, Math.abs(bx - ax) / 2, Math.abs(by - ay) / 2, 0, 0, Math.PI * 2);
  } else if (op.kind === "rectangle") {
    context.rect(Math.min(ax, bx), Math.min(ay, by), Math.abs(bx - ax), Math.abs(by - ay));
  } else {
    context.moveTo(ax, ay);
    context.lineTo(bx, by);
    if (op.kind === "arrow") {
      const angle = Math.atan2(by - ay, bx - ax);
      const head = Math.min(18, Math.max(8, Math.hypot(bx - ax, by - ay) / 4));
      for (const turn of [-0.45, 0.45]) {
        context.moveTo(bx, by);
        context.lineTo(bx - head * Math.cos(angle + turn), by - head * Math.sin(angle + turn));
      }
    }
  }
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {Operation} op @param {() => void} later */
function paintImage(context, op, later) {
  const [ax, ay, bx, by] = (op.box ?? [0, 0, 0, 0]).map((unit) => unit / UNITS);
  const known = pictures.get(op);
  if (known?.image) {
    context.drawImage(known.image, Math.min(ax, bx), Math.min(ay, by), Math.abs(bx - ax), Math.abs(by - ay));
    return;
  }
  context.fillStyle = "#e9e6df";
  context.fillRect(Math.min(ax, bx), Math.min(ay, by), Math.abs(bx - ax), Math.abs(by - ay));
  if (!known) void picture(op).then((image) => image && later());
}

/** The picture of an image thing, or null when it is none after all. @param {Operation} op @returns {Promise<ImageBitmap|null>} */
export async function picture(op) {
  const known = pictures.get(op);
  if (known) return known.ready;
  const { type, bytes } = pictureBytes(op);
  const holder = { image: /** @type {ImageBitmap|null} */ (null), ready: createImageBitmap(new Blob([bytes], { type })).catch(() => null) };
  pictures.set(op, holder);
  return (holder.image = await holder.ready);
}

/** @param {Operation} op @returns {{type: string, bytes: Uint8Array<ArrayBuffer>}} */
export function pictureBytes(op) {
  const [head, body] = (op.data ?? ",").split(",");
  return { type: head.slice(5).split(";")[0], bytes: Uint8Array.from(atob(body), (char) => char.charCodeAt(0)) };
}
