import { noteServerTime } from "../core/clock.js";
import { on } from "../core/socket.js";

/** Lists that follow what happens: on a new notification the part is fetched again, alone, and put in place. */

const TOGETHER_MS = 250;

/** A person in the middle of something must not lose it: focus inside a form, or an open menu. @param {HTMLElement} part */
const inUse = (part) => {
  const focused = document.activeElement;
  return focused instanceof HTMLElement && part.contains(focused) && focused.matches("input, textarea, select, [aria-busy='true']");
};

/** @param {HTMLElement} part */
async function refresh(part) {
  if (inUse(part)) return;
  const response = await fetch(location.href, { headers: { "X-Part": part.dataset.livePart ?? "", Accept: "text/html" } }).catch(() => null);
  if (!response?.ok || response.redirected) return;
  noteServerTime(response);
  const fresh = document.createElement("template");
  fresh.innerHTML = await response.text();
  const scrolled = [...part.querySelectorAll(".carousel-track")].map((track) => track.scrollLeft);
  const focused = document.activeElement instanceof HTMLAnchorElement && part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  part.replaceChildren(fresh.content);
  part.querySelectorAll(".carousel-track").forEach((track, index) => (track.scrollLeft = scrolled[index] ?? 0));
  if (focused) part.querySelector(/** @type {any} */ (`a[href="${CSS.escape(focused)}"]`))?.focus();
  document.dispatchEvent(new CustomEvent("content:added", { detail: part }));
}

/** @param {string[]} [events] more events of the socket after which the parts are old */
export function startLiveParts(events = []) {
  const parts = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-live-part]")]);
  if (!parts.length) return;
  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => parts.forEach((part) => void refresh(part)), TOGETHER_MS);
  };
  for (const event of ["notification_created", ...events]) on(event, soon);
  // A hold that has run out and a door that opens change the list as well.
  document.addEventListener("countdown:done", (event) => {
    if (parts.some((part) => part.contains(/** @type {Node} */ (event.target)))) soon();
  });
  // Back from the cache of the browser the page may be old.
  addEventListener("pageshow", (event) => /** @type {PageTransitionEvent} */ (event).persisted && soon());
}
