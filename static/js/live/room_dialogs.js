// The questions of the room: how to leave, whether to move the call here, and how it was.

import { Refused } from "./line.js";

/** @param {{end: () => Promise<void>, stepOut: () => void, offline: string}} parts */
export function leaveDialog({ end, stepOut, offline }) {
  const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("[data-leave-dialog]"));
  const why = /** @type {HTMLElement} */ (dialog.querySelector("[data-end-error]"));
  for (const button of document.querySelectorAll("[data-leave]")) {
    button.addEventListener("click", () => {
      why.hidden = true;
      dialog.showModal();
    });
  }
  dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
  dialog.querySelector("[data-step-out]")?.addEventListener("click", stepOut);
  dialog.querySelector("[data-end]")?.addEventListener("click", () => {
    end().catch((error) => {
      why.hidden = false;
      why.textContent = error instanceof Refused ? error.message : offline;
    });
  });
}

/** @param {() => void} take @param {string} why */
export function seatDialog(take, why) {
  const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("[data-seat-dialog]"));
  /** @type {HTMLElement} */ (dialog.querySelector("[data-seat-text]")).textContent = why;
  /** @type {HTMLElement} */ (dialog.querySelector("[data-seat-take]")).onclick = () => {
    dialog.close();
    take();
  };
  dialog.oncancel = (event) => event.preventDefault(); // there is nothing behind it to go back to
  if (!dialog.open) dialog.showModal();
}

/**
 * Ask how it was, in the page that is here already. From now on the page is the one at `url`: a reload asks again.
 * @param {string} url
 */
export function rateDialog(url) {
  const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("[data-rate-dialog]"));
  for (const other of document.querySelectorAll("dialog")) other.close();
  history.replaceState(null, "", url);
  dialog.oncancel = (event) => {
    event.preventDefault();
    /** @type {HTMLElement} */ (dialog.querySelector("[data-rate-later]")).click();
  };
  dialog.showModal();
}
