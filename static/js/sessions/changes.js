import { on } from "../core/socket.js";

/** The page of a lesson follows its state: paid, moved, cancelled, started. An instant one that is paid opens its door. */

/** Somebody who types a goal or reads a sheet is not interrupted. */
const busy = () => document.querySelector("dialog[open]") !== null || document.activeElement?.matches("input, textarea") === true;

export function startSessionPage() {
  const page = /** @type {HTMLElement | null} */ (document.querySelector("[data-session]"));
  if (!page) return;
  on("session_changed", (/** @type {{session: string, state: string, url: string | null}} */ told) => {
    if (told.session !== page.dataset.session) return;
    if (told.url) return location.assign(told.url);
    if (told.state !== page.dataset.sessionState && !busy()) location.reload();
  });
  document.addEventListener("countdown:done", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (page.contains(target) && !busy()) setTimeout(() => location.reload(), 700);
  });
}
