/** The Print button shows where scripts run, because it needs one. */
export function startPrinting() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.removeAttribute("hidden");
    button.addEventListener("click", () => window.print());
  }
}
