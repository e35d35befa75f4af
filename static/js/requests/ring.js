import { on } from "../core/socket.js";

/** A ring on a mentor's page stops the moment it is over elsewhere; the yes leads to the lesson. */

export function startRingStops() {
  const ring = /** @type {HTMLElement | null} */ (document.querySelector("[data-ring]"));
  on("help_accepted", (told) => {
    if (!document.querySelector("[data-help]")) location.assign(told.url);
  });
  if (!ring) return;
  on("help_stopped", (told) => told.id === ring.dataset.ring && ring.dataset.ringOpen === "yes" && location.reload());
  document.addEventListener("countdown:done", () => ring.dataset.ringOpen === "yes" && setTimeout(() => location.reload(), 1500));
}
