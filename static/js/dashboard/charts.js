/** Charts that read their own table. The drawing library is only fetched when a chart comes near the screen. */

/** @typedef {{labels: string[], values: number[], shown: string[]}} Rows */

/** @param {HTMLElement} figure @returns {Rows} */
export function rowsOf(figure) {
  const rows = [...figure.querySelectorAll("tbody tr")];
  const cells = rows.map((row) => /** @type {HTMLElement} */ (row.querySelector("[data-value]")));
  return {
    labels: rows.map((row) => row.querySelector("th")?.textContent?.trim() ?? ""),
    values: cells.map((cell) => Number(cell.dataset.value)),
    shown: cells.map((cell) => cell.textContent?.trim() ?? ""),
  };
}

/** @param {HTMLElement} figure */
async function show(figure) {
  const canvas = /** @type {HTMLElement} */ (figure.querySelector("[data-chart-canvas]"));
  const table = /** @type {HTMLDetailsElement} */ (figure.querySelector("[data-chart-table]"));
  const rows = rowsOf(figure);
  if (rows.values.length < 2) return;
  const { drawChart } = await import("./draw_chart.js");
  canvas.hidden = false;
  table.open = false;
  drawChart(canvas, rows, figure.dataset.chart ?? "bars", figure.dataset.chartUnit ?? "");
}

export function startCharts() {
  const figures = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-chart]")]);
  // Room is kept at once, so that nothing jumps when the drawing arrives.
  for (const figure of figures) {
    if (rowsOf(figure).values.length < 2) continue;
    /** @type {HTMLElement} */ (figure.querySelector("[data-chart-canvas]")).hidden = false;
    /** @type {HTMLDetailsElement} */ (figure.querySelector("[data-chart-table]")).open = false;
  }
  const near = new IntersectionObserver(
    (seen) => {
      for (const entry of seen) {
        if (!entry.isIntersecting) continue;
        near.unobserve(entry.target);
        void show(/** @type {HTMLElement} */ (entry.target));
      }
    },
    { rootMargin: "200px" },
  );
  figures.forEach((figure) => near.observe(figure));
}
