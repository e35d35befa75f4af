// Pages fade into one another (`@view-transition` in the frame). Who taps again before the next page has come, or is led on by a
// script, ends that fade; the browser reports it as an unhandled rejection, though nothing is wrong.

/** An interrupted change of pages is no fault. Nothing else is swallowed: the two promises tell of the fade alone. */
export function bearInterruptedSwaps() {
  window.addEventListener("pageswap", (event) => {
    const fade = /** @type {{viewTransition?: {ready: Promise<void>, finished: Promise<void>} | null}} */ (event).viewTransition;
    fade?.ready.catch(() => {});
    fade?.finished.catch(() => {});
  });
}
