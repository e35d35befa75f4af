import { on } from "../core/socket.js";
import { getJson } from "../core/http.js";

/** The page of a payment that is still on its way: it asks our server, ever less often, and moves on when that knows more. */

const FIRST_MS = 1500;
const SLOWEST_MS = 15_000;

export function startWaiting() {
  const root = document.querySelector("[data-payment][data-waiting]");
  if (!(root instanceof HTMLElement)) return;
  const url = root.dataset.url ?? location.pathname;
  const before = root.dataset.state;
  const order = root.dataset.order;
  let pause = FIRST_MS;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  async function look() {
    clearTimeout(timer);
    const answer = await getJson(url);
    if (answer.ok && answer.state !== before) {
      location.replace(url);
      return;
    }
    pause = Math.min(pause * 1.3, SLOWEST_MS);
    timer = setTimeout(look, pause);
  }

  timer = setTimeout(look, FIRST_MS);
  document.addEventListener("visibilitychange", () => document.hidden || void look());
  // A hold that runs out while one looks at it.
  root.addEventListener("countdown:done", () => void look());
  on("order_changed", (/** @type {{order: string}} */ changed) => changed.order === order && void look());
}
