import { clockText } from "../core/countdown.js";
import { serverNow } from "../core/clock.js";
import { postJson } from "../core/http.js";
import { on } from "../core/socket.js";

/** The wait for help: who rings comes over the socket; each tick also sends out a wave that is due. */

const TICK_MS = 5000;

/** Seconds since an instant, counted up on the server's clock. @param {ParentNode} place */
function drawWaited(place) {
  for (const element of place.querySelectorAll("[data-count-up-from]")) {
    const from = Date.parse(/** @type {HTMLElement} */ (element).dataset.countUpFrom ?? "");
    element.textContent = clockText(Math.floor(Math.max(0, serverNow() - from) / 1000));
  }
}

export function startWait() {
  const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-help]"));
  if (!place || place.dataset.helpState !== "open") return;
  let asking = false;
  let again = false;
  const tick = async () => {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    const answer = await postJson(place.dataset.helpTick ?? "");
    asking = false;
    if (!answer.ok) return;
    if (answer.url) return location.assign(answer.url);
    if (answer.state !== "open") return location.reload();
    show(place, answer.html);
    if (again) {
      again = false;
      void tick();
    }
  };
  on("help_changed", (told) => told.id === place.dataset.help && void tick());
  on("help_accepted", (told) => told.id === place.dataset.help && location.assign(told.url));
  on("connect", () => void tick());
  document.addEventListener("countdown:done", () => void tick());
  window.addEventListener("pageshow", (event) => event.persisted && void tick());
  setInterval(() => document.hidden || void tick(), TICK_MS);
  setInterval(() => drawWaited(place), 250);
  drawWaited(place);
}

/** @type {WeakMap<HTMLElement, string>} */
const shown = new WeakMap();

/** Put in what changed; an equal answer leaves the page, and who listens to it, in peace. @param {HTMLElement} place @param {string} html */
function show(place, html) {
  if (shown.get(place) === html) return;
  shown.set(place, html);
  place.innerHTML = html;
  drawWaited(place);
  document.dispatchEvent(new CustomEvent("content:added", { detail: place }));
}
