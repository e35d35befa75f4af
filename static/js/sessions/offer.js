import { showSplit } from "../auth/mentor.js";

/** A new session: the card beside the form follows what is typed, and a list says what is still missing. */

const tongue = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang; // days before months, as everywhere else here
const clock = new Intl.DateTimeFormat(tongue, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const rupees = new Intl.NumberFormat("en-IN", { maximumFractionDigits: 2 });

/** A field's value as learners read it. @param {string} name @param {string} value */
function spoken(name, value) {
  if (name === "starts_at") return Number.isNaN(Date.parse(value)) ? "" : clock.format(new Date(value));
  if (name === "price") return Number.isFinite(Number(value)) && value.trim() ? `₹${rupees.format(Number(value))}` : "₹ …";
  return value.trim();
}

/** @param {HTMLElement} page */
export function offerPreview(page) {
  const form = page.querySelector("form");
  if (!form) return;
  const show = () => {
    for (const [name, value] of new FormData(form)) {
      if (typeof value !== "string") continue;
      const place = page.querySelector(`[data-shows="${name}"]`);
      if (place instanceof HTMLElement) place.textContent = spoken(name, value) || (place.dataset.empty ?? "");
      page.querySelector(`[data-ready="${name}"]`)?.classList.toggle("done", value.trim() !== "");
    }
  };
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  show();
  const price = form.querySelector('input[name="price"]');
  const receive = form.querySelector("[data-receive]");
  if (price instanceof HTMLInputElement && receive instanceof HTMLElement) showSplit(price, receive, page.dataset.splitUrl ?? "");
}
