import { request } from "../core/socket.js";

/** "Still here": every open page says so each 25 seconds, so that a mentor who left is not rung. */
const TOUCH_MS = 25_000;

export function startPresence() {
  if (!document.body.dataset.me) return;
  const touch = () => {
    if (document.visibilityState === "visible") void request("presence_touch", {});
  };
  setInterval(touch, TOUCH_MS);
  document.addEventListener("visibilitychange", touch);
}
