import { announce } from "./announce.js";
import { word } from "./words.js";

/** Small behaviours that a template asks for with one attribute. */
export function startSmall() {
  document.addEventListener("click", async (event) => {
    const target = /** @type {Element} */ (event.target);
    const back = target.closest("a[data-back]");
    // Back means where I came from, when that was a page of ours.
    if (back && history.length > 1 && document.referrer.startsWith(location.origin)) {
      event.preventDefault();
      history.back();
    }
    const copy = /** @type {HTMLElement | null} */ (target.closest("[data-copy]"));
    if (copy) {
      await navigator.clipboard?.writeText(copy.dataset.copy ?? "");
      announce(word("copied"));
    }
    if (target.closest("[data-reload]")) {
      event.preventDefault();
      location.reload();
    }
  });
  document.addEventListener("change", (event) => {
    const control = /** @type {HTMLInputElement} */ (event.target);
    if (control.closest("[data-submit-on-change]")) control.form?.requestSubmit();
  });
  // "/" goes to the search field, as the key drawn in it says.
  document.addEventListener("keydown", (event) => {
    const typing = /** @type {Element} */ (event.target).closest("input, textarea, select, [contenteditable]");
    const search = document.querySelector('input[type="search"]');
    if (event.key !== "/" || typing || !(search instanceof HTMLElement)) return;
    event.preventDefault();
    search.focus();
  });
}
