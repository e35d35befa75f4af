/** Day, night, or as the device: kept in a cookie, so that the server's first byte is already right. */

const YEAR_SECONDS = 31_536_000;

export function startTheme() {
  // A page kept for offline use carries the theme of the day it was kept.
  const kept = document.cookie.match(/(?:^|; )theme=(peerlearn(?:-dark)?)/)?.[1];
  if (kept) document.documentElement.setAttribute("data-theme", kept);
  document.addEventListener("click", (event) => {
    const choice = /** @type {Element} */ (event.target).closest("[data-theme-choice]")?.getAttribute("data-theme-choice");
    if (choice) choose(choice);
  });
  document.addEventListener("change", (event) => {
    const control = /** @type {HTMLInputElement} */ (event.target);
    if (control.name === "theme" && control.closest("[data-theme-field]")) choose(control.value);
  });
}

/** @param {string} choice "peerlearn", "peerlearn-dark" or "auto" */
export function choose(choice) {
  const kept = choice === "auto" ? "theme=; max-age=0" : `theme=${choice}; max-age=${YEAR_SECONDS}`;
  document.cookie = `${kept}; path=/; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
  if (choice === "auto") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.setAttribute("data-theme", choice);
}
