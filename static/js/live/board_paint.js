// Things become marks on a canvas. Knows the canvas context and nothing else of the page.

import { getStroke } from "perfect-freehand";
import { UNITS } from "./geometry.js";
import { PALETTE } from "./protocol.js";

/** @typedef {import("./board_state.js").Operation} Operation */

const FONT = '"Anek", "Anek Latin Variable", system-ui, sans-serif';
/** @type {WeakMap<Operation, Path2D>} outlines are costly and things never change */
const outlines = new WeakMap();
/** @type {WeakMap<Operation, {image: ImageBitmap|null}>} */
const pictures = new WeakMap();

/** The outline of ink in CSS px at 100 %. @param {number[]} points @param {number} width in board units
 *  @param {boolean} finished whether the pen is up (the end is then tapered) */
export function inkPath(points, width, finished) {
  const input = [];
  for (let i = 0; i + 2 < points.length; i += 3) {
    input.push([points[i] / UNITS, points[i + 1] / UNITS, points[i + 2] / 100]);
  }
  const outline = getStroke(input, {
    size: (width / UNITS) * 1.35,
    thinning: 0.45,
    smoothing: 0.55,
    streamline: 0.3,
    simulatePressure: false,
    last: finished,
  });
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
  if (op.do === "stroke") {
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
  if (known) return;
  const holder = { image: /** @type {ImageBitmap|null} */ (null) };
  pictures.set(op, holder);
  const [head, body] = (op.data ?? ",").split(",");
  const bytes = Uint8Array.from(atob(body), (char) => char.charCodeAt(0));
  createImageBitmap(new Blob([bytes], { type: head.slice(5).split(";")[0] })).then(
    (image) => {
      holder.image = image;
      later();
    },
    () => {}, // not a picture after all: the grey place stays
  );
}
