import "../core/app.js";
import { filterChips } from "../auth/chips.js";
import { on } from "../core/socket.js";

for (const field of document.querySelectorAll("input[data-filter-chips]")) filterChips(/** @type {HTMLInputElement} */ (field));
// A page that waits for a decision shows it when it is made.
if (document.querySelector("[data-mentor-state]")) on("mentor_state_changed", () => location.reload());

// Another language: the whole page says it, not only the field.
const language = /** @type {HTMLSelectElement | null} */ (document.querySelector('select[name="locale"]'));
language?.form?.addEventListener("autosave:saved", () => {
  if (language.value !== document.documentElement.lang) location.reload();
});
