/** Chips of a wizard: counting what is chosen, and finding one among many. */

/** The button's words follow the number of chosen chips. @param {HTMLFormElement} form */
export function countChosen(form) {
  const label = document.querySelector(`button[form="${form.id}"] [data-count-some]`);
  if (!(label instanceof HTMLElement)) return;
  const show = () => {
    const count = form.querySelectorAll('input[name="interests"]:checked').length;
    const words = count ? label.dataset.countSome?.replace("{n}", String(count)) : label.dataset.countNone;
    label.textContent = words ?? "";
  };
  form.addEventListener("change", show);
  show();
}

/** Lower-case, without accents, so that "Cafe" finds "Café". @param {string} text */
const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().trim();

/**
 * Typing narrows the chips to those that match; chosen ones stay in sight. Enter takes the only match.
 * Where nothing matches, all chips come back and a line says that the words are kept.
 * @param {HTMLInputElement} field
 */
export function filterChips(field) {
  const root = field.closest("form");
  if (!root) return;
  const groups = [...root.querySelectorAll("[data-chip-group]")];
  const none = root.querySelector("[data-no-chip]");
  const matching = () => {
    const wanted = plain(field.value);
    const chips = groups.flatMap((group) => [...group.querySelectorAll(".chip")]);
    return { wanted, chips, found: chips.filter((chip) => plain(chip.textContent ?? "").includes(wanted)) };
  };
  const show = () => {
    const { wanted, chips, found } = matching();
    const all = !wanted || !found.length;
    for (const chip of chips) {
      if (chip instanceof HTMLElement) chip.hidden = !all && !found.includes(chip) && !chip.querySelector(":checked");
    }
    for (const group of groups) {
      if (group instanceof HTMLElement) group.hidden = !group.querySelector(".chip:not([hidden])");
    }
    if (none instanceof HTMLElement) none.hidden = !wanted || found.length > 0;
  };
  field.addEventListener("input", show);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const { wanted, found } = matching();
    const box = wanted && found.length === 1 ? found[0].querySelector("input") : null;
    if (!(box instanceof HTMLInputElement)) return;
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    field.value = "";
    show();
  });
  show();
}
