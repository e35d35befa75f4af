import uPlot from "uplot";

/** Draws one small chart in the page's own colours; draws it again when the theme or the width changes. */

const TICKS = 4;
const WHOLE_HOURS = [30, 60, 120, 180, 240, 300, 600, 1200, 3000, 6000];

/** @param {string} unit @param {number} value */
function tick(unit, value) {
  if (unit === "paise") return `₹${Math.round(value / 100).toLocaleString("en-IN")}`;
  if (unit === "minutes") return `${+(value / 60).toFixed(1)}`;
  return `${value}`;
}

/** @param {HTMLElement} element */
function colours(element) {
  const style = getComputedStyle(element);
  return {
    bar: style.getPropertyValue("--color-primary").trim(),
    text: style.getPropertyValue("--pl-muted").trim(),
    line: style.getPropertyValue("--color-base-300").trim(),
  };
}

/** @param {HTMLElement} canvas @param {{labels: string[], values: number[], shown: string[]}} rows */
function tip(canvas, rows) {
  const label = document.createElement("span");
  label.className = "chart-tip";
  label.hidden = true;
  return {
    hooks: {
      init: [(/** @type {uPlot} */ plot) => void plot.over.append(label)],
      setCursor: [
        (/** @type {uPlot} */ plot) => {
          const at = plot.cursor.idx;
          label.hidden = at === null || at === undefined || (plot.cursor.left ?? -1) < 0;
          if (label.hidden || at === null || at === undefined) return;
          label.textContent = `${rows.labels[at]}: ${rows.shown[at]}`;
          const width = plot.over.clientWidth;
          const half = label.offsetWidth / 2;
          label.style.left = `${Math.min(Math.max(plot.valToPos(at, "x"), half), width - half)}px`;
        },
      ],
    },
  };
}

/**
 * @param {HTMLElement} canvas
 * @param {{labels: string[], values: number[], shown: string[]}} rows
 * @param {string} kind "bars" or "line"
 * @param {string} unit "paise" or "minutes"
 */
export function drawChart(canvas, rows, kind, unit) {
  /** @type {uPlot | null} */
  let plot = null;
  const draw = () => {
    plot?.destroy();
    const { bar, text, line } = colours(canvas);
    const font = `13px ${getComputedStyle(canvas).fontFamily}`;
    const few = Math.max(1, Math.ceil(rows.labels.length / Math.max(2, Math.floor(canvas.clientWidth / 84))));
    plot = new uPlot(
      {
        width: canvas.clientWidth,
        height: canvas.clientHeight,
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, y: false, points: { show: kind === "line" } },
        scales: {
          x: { time: false, range: [-0.6, rows.values.length - 0.4] },
          y: { range: (_plot, _low, high) => [0, Math.max(high * 1.12, 1)] },
        },
        axes: [
          {
            stroke: text, font, grid: { show: false }, ticks: { show: false }, gap: 4, size: 28,
            splits: () => rows.labels.map((_label, index) => index).filter((index) => index % few === 0),
            values: (_plot, at) => at.map((index) => shorten(rows.labels[index] ?? "")),
          },
          {
            stroke: text, font, grid: { stroke: line, width: 1 }, ticks: { show: false }, size: 64, gap: 6,
            space: canvas.clientHeight / TICKS - 14,
            ...(unit === "minutes" ? { incrs: WHOLE_HOURS } : {}),
            values: (_plot, at) => at.map((value) => tick(unit, value)),
          },
        ],
        series: [
          {},
          kind === "line"
            ? { stroke: bar, width: 2, points: { show: true, size: 7, fill: bar } }
            : { fill: bar, stroke: bar, width: 0, points: { show: false }, paths: uPlot.paths.bars?.({ size: [0.6, 44], radius: 0.16 }) },
        ],
        plugins: [tip(canvas, rows)],
      },
      [rows.values.map((_value, index) => index), rows.values],
      canvas,
    );
  };
  draw();
  let width = canvas.clientWidth;
  new ResizeObserver(() => {
    if (canvas.clientWidth && canvas.clientWidth !== width) {
      width = canvas.clientWidth;
      draw();
    }
  }).observe(canvas);
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

/** @param {string} label */
const shorten = (label) => (label.length > 12 ? `${label.slice(0, 11)}…` : label);
