/** The mentor's wizard: the card beside the form follows what is typed, the split is asked from the server. */

/** @param {HTMLElement} wizard */
export function mentorPreview(wizard) {
  const form = wizard.querySelector("form");
  if (!form) return;
  const rupees = new Intl.NumberFormat("en-IN", { maximumFractionDigits: 0 });
  /** @param {string} name @param {string} value */
  const show = (name, value) => {
    for (const place of document.querySelectorAll(`[data-preview-of="${name}"]`)) {
      if (place instanceof HTMLElement) place.textContent = value || (place.dataset.previewEmpty ?? "");
    }
  };
  form.addEventListener("input", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement)) return;
    if (field.name === "price") show("price", /^\d+$/.test(field.value.trim()) ? `₹${rupees.format(Number(field.value))}` : "₹ …");
    else if (field.name === "bio") show("bio", field.value.length > 180 ? `${field.value.slice(0, 177).trimEnd()}…` : field.value);
    else if (["name", "city", "headline", "lesson_minutes"].includes(field.name)) show(field.name, field.value);
  });
  const price = form.querySelector('input[name="price"]');
  const receive = form.querySelector("[data-receive]");
  if (price instanceof HTMLInputElement && receive instanceof HTMLElement) showSplit(price, receive, wizard.dataset.splitUrl ?? "");
}

/** What the mentor receives, by the rule that pays them. @param {HTMLInputElement} price @param {HTMLElement} place @param {string} url */
export function showSplit(price, place, url) {
  const first = place.textContent ?? "";
  let timer = 0;
  let asked = 0;
  price.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(async () => {
      const mine = ++asked;
      const answer = await fetch(`${url}?price=${encodeURIComponent(price.value)}`, { headers: { Accept: "application/json" } }).catch(() => null);
      const split = await answer?.json().catch(() => null);
      if (mine !== asked) return; // an older answer came late
      place.textContent = split?.ok
        ? (place.dataset.sentence ?? "").replace("{mentor}", split.mentor).replace("{fee}", split.fee).replace("{gst}", split.gst)
        : (split?.message ?? first);
    }, 200);
  });
}

/** @type {Record<string, [number[], string, string]>} days, from, until; the server knows the same three (blueprints/auth/week.py) */
const PRESETS = { weekday_evenings: [[0, 1, 2, 3, 4], "18:00", "21:00"], weekends: [[5, 6], "10:00", "18:00"], mornings: [[0, 1, 2, 3, 4, 5], "06:30", "09:00"] };

/** The week editor: presets in one tap, a second range a day. @param {HTMLElement} week */
export function weekEditor(week) {
  const form = week.closest("form");
  /** @param {string} name @returns {HTMLInputElement} */
  const field = (name) => /** @type {HTMLInputElement} */ (form?.elements.namedItem(name));
  form?.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest("button") : null;
    const preset = target?.dataset.preset ? PRESETS[target.dataset.preset] : undefined;
    if (preset) {
      event.preventDefault();
      const [days, from, until] = preset;
      for (let day = 0; day < 7; day++) {
        field(`d${day}_on`).checked = days.includes(day);
        if (days.includes(day)) [field(`d${day}_from`).value, field(`d${day}_to`).value] = [from, until];
        secondRange(week, day, false);
      }
      form.dispatchEvent(new Event("input", { bubbles: true }));
      form.dispatchEvent(new Event("change", { bubbles: true }));
    }
    const day = Number(target?.closest(".week-day")?.getAttribute("data-day"));
    if (target?.matches("[data-more-hours]")) secondRange(week, day, true);
    if (target?.matches("[data-fewer-hours]")) secondRange(week, day, false);
  });
}

/** @param {HTMLElement} week @param {number} day @param {boolean} shown */
function secondRange(week, day, shown) {
  const range = week.querySelector(`[data-day="${day}"] [data-second]`);
  if (!(range instanceof HTMLElement)) return;
  range.hidden = !shown;
  const inputs = [...range.querySelectorAll("input")];
  if (!shown) for (const input of inputs) input.value = "";
  else inputs[0]?.focus();
}
