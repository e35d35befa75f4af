import "../core/app.js";
import { filterChips } from "../auth/chips.js";

for (const field of document.querySelectorAll("input[data-filter-chips]")) filterChips(/** @type {HTMLInputElement} */ (field));
