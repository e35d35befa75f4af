import { serverNow } from "./clock.js";
import { word } from "./words.js";

/** Everything with data-countdown-to counts down together, once a second, on the server's clock. */

const SELECTOR = "[data-countdown-to]";
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** "8:00", "1:02:09". @param {number} seconds */
export function clockText(seconds) {
  const s = Math.max(0, Math.ceil(seconds));
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const hours = Math.floor(s / 3600);
  return hours ? `${hours}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

/** "22 h 48", "8 min". @param {number} seconds */
function wordsText(seconds) {
  const minutes = Math.ceil(seconds / 60);
  if (minutes >= 2880) return word("days", { n: Math.round(minutes / 1440) });
  return minutes >= 60 ? word("hours", { h: Math.floor(minutes / 60), m: String(minutes % 60).padStart(2, "0") }) : word("minutes", { n: minutes });
}

/** @param {HTMLElement} element */
function draw(element) {
  const left = (Date.parse(element.dataset.countdownTo ?? "") - serverNow()) / 1000;
  if (Number.isNaN(left)) return;
  if (left > 0) {
    // Nobody counts the seconds of a day.
    const text = element.dataset.countdownStyle === "words" || left > 86_400 ? wordsText(left) : clockText(left);
    if (element.textContent !== text) element.textContent = text;
    return;
  }
  element.textContent = element.dataset.countdownDone ?? (element.dataset.countdownStyle === "words" ? word("now") : clockText(0));
  if (element.dataset.countdownOver) return;
  element.dataset.countdownOver = "1";
  element.dispatchEvent(new CustomEvent("countdown:done", { bubbles: true }));
}

function tick() {
  for (const element of document.querySelectorAll(SELECTOR)) draw(/** @type {HTMLElement} */ (element));
  clearTimeout(timer);
  timer = setTimeout(tick, 1000 - (serverNow() % 1000) + 5);
}

export function startCountdowns() {
  tick();
  document.addEventListener("content:added", tick);
  document.addEventListener("visibilitychange", () => document.hidden || tick());
}
