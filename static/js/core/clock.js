/** The server's clock. Countdowns, doors and holds follow it, whatever the device believes. */

const WRONG_MS = 60_000;
let offset = 0;

const told = document.querySelector('meta[name="server-now"]')?.getAttribute("content");
if (told) {
  const [page] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  offset = Date.parse(told) - (performance.timeOrigin + (page?.responseStart ?? 0));
  // A page kept by the service worker carries an old time: ask again.
  if (Math.abs(offset) > WRONG_MS) void fetch("/healthz", { cache: "no-store" }).then(noteServerTime, () => undefined);
}

/** Learn the time from any answer of the server. @param {Response} response */
export function noteServerTime(response) {
  const stamp = Number(response.headers.get("X-Server-Time"));
  if (stamp) offset = stamp - Date.now();
}

/** Milliseconds since 1970, as the server counts them. */
export const serverNow = () => Date.now() + offset;
