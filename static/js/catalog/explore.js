import { announce } from "../core/announce.js";

const WAIT_MS = 350;
const SHORTEST = 3;

/**
 * Results while a person types, on the page that is already here. Enter, links and the address work as without scripts;
 * the newest question wins, and a failure leaves what is shown.
 */
export function startExplore() {
  const forms = /** @type {HTMLFormElement[]} */ ([...document.querySelectorAll("form[data-explore]")]);
  const results = /** @type {HTMLElement | null} */ (document.querySelector("[data-results]"));
  if (!forms.length || !results) return;
  const place = results;
  let timer = 0;
  /** @type {AbortController | null} */
  let asking = null;

  /** @param {HTMLFormElement} form */
  function address(form) {
    const args = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) args.append(name, String(value));
    const query = args.toString();
    return form.action + (query ? `?${query}` : "");
  }

  /** @param {HTMLFormElement} form */
  async function ask(form) {
    asking?.abort();
    asking = new AbortController();
    const url = address(form);
    place.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(url, { headers: { "X-Part": "results" }, signal: asking.signal });
      if (!response.ok) return;
      place.innerHTML = await response.text();
      history.replaceState(history.state, "", url);
      announce(place.querySelector("[data-result-line]")?.textContent?.trim() ?? "");
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError") && !(error instanceof TypeError)) throw error;
    } finally {
      place.removeAttribute("aria-busy");
    }
  }

  for (const form of forms) {
    form.addEventListener("input", (event) => {
      const field = event.target;
      if (!(field instanceof HTMLInputElement) || field.type !== "search") return;
      clearTimeout(timer);
      const text = field.value.trim();
      if (text && text.length < SHORTEST) return;
      timer = window.setTimeout(() => void ask(form), WAIT_MS);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(timer);
      void ask(form);
      const field = document.activeElement;
      if (field instanceof HTMLElement && matchMedia("(pointer: coarse)").matches) field.blur();
    });
  }

  document.addEventListener("keydown", (event) => {
    const inField = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || inField) return;
    const field = forms.map((form) => form.querySelector("input[type=search]")).find((one) => one?.getClientRects().length);
    if (field instanceof HTMLInputElement) {
      event.preventDefault();
      field.focus();
      field.select();
    }
  });
}
