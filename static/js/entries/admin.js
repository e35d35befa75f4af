import { bearInterruptedSwaps } from "../core/page_swap.js";

/** The administration: "/" goes to the search; everything else works without scripts. */
bearInterruptedSwaps();
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
  const search = document.querySelector("#case-search");
  if (event.key === "/" && !typing && search instanceof HTMLInputElement) {
    event.preventDefault();
    search.focus();
    search.select();
  }
});
