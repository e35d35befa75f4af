// What lies under the ink: squared paper, a graph with axes, a number line. Drawn from lines at every zoom, so that it stays sharp.

/** Where the axes cross, and how long one of their units is, in CSS px at 100 %. */
export const ORIGIN = { x: 300, y: 300 };
const SQUARE = 24;
const UNIT = 48;
const COLORS = { fine: "#dfe3ea", axis: "#7d8596", word: "#5b6270" };
const NEAREST = 7; // lines closer than so many px on the screen are left out

/**
 * The lines and words of a paper within a part of the board, all in CSS px at 100 %.
 * @param {string} style @param {{x: number, y: number, width: number, height: number}} part @param {number} zoom
 * @returns {{lines: {ax: number, ay: number, bx: number, by: number, color: string, width: number}[],
 *   words: {x: number, y: number, text: string, color: string, size: number}[]}}
 */
export function paperMarks(style, part, zoom) {
  /** @type {ReturnType<typeof paperMarks>} */
  const marks = { lines: [], words: [] };
  const right = part.x + part.width;
  const bottom = part.y + part.height;
  const step = (/** @type {number} */ size) => size * 2 ** Math.max(0, Math.ceil(Math.log2(NEAREST / (size * zoom))));
  const line = (/** @type {number} */ ax, /** @type {number} */ ay, /** @type {number} */ bx, /** @type {number} */ by, color = COLORS.fine, width = 1) =>
    marks.lines.push({ ax, ay, bx, by, color, width });
  const every = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ origin, /** @type {number} */ size, /** @type {(at: number, n: number) => void} */ does) => {
    for (let n = Math.ceil((from - origin) / size); origin + n * size <= to; n += 1) does(origin + n * size, n * (size / UNIT));
  };
  if (style === "grid" || style === "graph") {
    const size = step(style === "grid" ? SQUARE : UNIT / 2);
    every(part.x, right, ORIGIN.x, size, (x) => line(x, part.y, x, bottom));
    every(part.y, bottom, ORIGIN.y, size, (y) => line(part.x, y, right, y));
  }
  if (style === "graph" || style === "number_line") {
    const unit = UNIT * 2 ** Math.max(0, Math.ceil(Math.log2(26 / (UNIT * zoom))));
    line(part.x, ORIGIN.y, right, ORIGIN.y, COLORS.axis, 1.5);
    every(part.x, right, ORIGIN.x, unit, (x, n) => {
      line(x, ORIGIN.y - 5, x, ORIGIN.y + 5, COLORS.axis, 1.5);
      if (n !== 0 || style === "number_line") marks.words.push({ x: x - 4, y: ORIGIN.y + 9, text: String(n), color: COLORS.word, size: 12 });
    });
    if (style === "graph") {
      line(ORIGIN.x, part.y, ORIGIN.x, bottom, COLORS.axis, 1.5);
      every(part.y, bottom, ORIGIN.y, unit, (y, n) => {
        line(ORIGIN.x - 5, y, ORIGIN.x + 5, y, COLORS.axis, 1.5);
        if (n !== 0) marks.words.push({ x: ORIGIN.x + 9, y: y - 6, text: String(-n), color: COLORS.word, size: 12 });
      });
    }
  }
  return marks;
}

/** @param {CanvasRenderingContext2D} context already scaled @param {string} style
 *  @param {{x: number, y: number, width: number, height: number}} part @param {number} zoom */
export function paintPaper(context, style, part, zoom) {
  if (style === "plain") return;
  const { lines, words } = paperMarks(style, part, zoom);
  for (const { ax, ay, bx, by, color, width } of lines) {
    context.strokeStyle = color;
    context.lineWidth = width / zoom;
    context.beginPath();
    context.moveTo(ax, ay);
    context.lineTo(bx, by);
    context.stroke();
  }
  context.textBaseline = "top";
  for (const { x, y, text, color, size } of words) {
    context.fillStyle = color;
    context.font = `${size / zoom}px system-ui, sans-serif`;
    context.fillText(text, x, y);
  }
}

const OUT = 128; // CSS px that a painted paper reaches over the board on each side, so that it can be pushed about for a while

/** The paper of a page on the screen: painted when it must be, and else only pushed by the browser's compositor. */
export class PaperLayer {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.painted = { style: "plain", x: 0, y: 0, zoom: 1, size: "" };
  }

  /** @param {string} style @param {{x: number, y: number, zoom: number}} viewport @param {number} width of the board in CSS px
   *  @param {number} height @param {number} ratio device px per CSS px */
  show(style, { x, y, zoom }, width, height, ratio) {
    const { canvas, painted } = this;
    if (canvas.hidden !== (style === "plain")) canvas.hidden = style === "plain";
    if (style === "plain") return;
    const size = [width, height, ratio].join();
    const [dx, dy] = [(painted.x - x) * zoom, (painted.y - y) * zoom];
    if (painted.style === style && painted.zoom === zoom && painted.size === size && Math.abs(dx) <= OUT && Math.abs(dy) <= OUT) {
      canvas.style.transform = `translate(${Math.round(dx * ratio) / ratio}px, ${Math.round(dy * ratio) / ratio}px)`;
      return;
    }
    this.painted = { style, x, y, zoom, size };
    const wide = width + 2 * OUT;
    const high = height + 2 * OUT;
    canvas.width = Math.round(wide * ratio);
    canvas.height = Math.round(high * ratio);
    Object.assign(canvas.style, { left: `${-OUT}px`, top: `${-OUT}px`, width: `${wide}px`, height: `${high}px`, transform: "none" });
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const [left, top, scale] = [x - OUT / zoom, y - OUT / zoom, ratio * zoom];
    context.setTransform(scale, 0, 0, scale, -left * scale, -top * scale);
    paintPaper(context, style, { x: left, y: top, width: wide / zoom, height: high / zoom }, zoom);
  }
}
