import { on } from "../core/socket.js";

/** The mentor's "Taking rings" switch: one tap sends its form. Two missed rings switch it off, and the page says so. */
export function startRings() {
  document.addEventListener("change", (event) => {
    const form = /** @type {HTMLElement} */ (event.target).closest("[data-rings]");
    if (form instanceof HTMLFormElement) form.requestSubmit();
  });
  on("rings_changed", (/** @type {{on: boolean}} */ told) => {
    const toggle = document.querySelector("[data-rings] input[name=on]");
    if (!(toggle instanceof HTMLInputElement) || toggle.checked === told.on) return;
    toggle.checked = told.on;
    if (!document.querySelector("dialog[open]")) location.reload();
  });
}
