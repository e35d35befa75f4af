/** The mentor's "Taking rings" switch: one tap sends its form. */
export function startRings() {
  document.addEventListener("change", (event) => {
    const form = /** @type {HTMLElement} */ (event.target).closest("[data-rings]");
    if (form instanceof HTMLFormElement) form.requestSubmit();
  });
}
