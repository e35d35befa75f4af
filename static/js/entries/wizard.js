import "../core/public.js";
import { countChosen, filterChips } from "../auth/chips.js";
import { mentorPreview, weekEditor } from "../auth/mentor.js";
import { passwordField } from "../auth/password.js";

for (const form of document.querySelectorAll("form[data-interests]")) countChosen(/** @type {HTMLFormElement} */ (form));
for (const field of document.querySelectorAll("input[data-filter-chips]")) filterChips(/** @type {HTMLInputElement} */ (field));
for (const row of document.querySelectorAll("[data-password]")) passwordField(/** @type {HTMLElement} */ (row));
for (const wizard of document.querySelectorAll("[data-mentor-wizard]")) mentorPreview(/** @type {HTMLElement} */ (wizard));
for (const week of document.querySelectorAll(".week")) weekEditor(/** @type {HTMLElement} */ (week));
const first = document.querySelector("[data-first-error]");
if (first instanceof HTMLElement) first.focus();
