import { announce } from "./announce.js";
import { word } from "./words.js";

/** Forms: an error stands at its field and takes the focus; a form is sent once; its button says what is happening. */

const BUSY_AT_MOST_MS = 15_000;

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Control */

/** The sentence for what is wrong, with its repair. @param {Control} control */
function sentence(control) {
  const own = control.dataset.error;
  const state = control.validity;
  if (own) return own;
  if (state.valueMissing) return control.type === "checkbox" ? word("tick_this") : word("fill_this");
  if (state.typeMismatch && control.type === "email") return control.value.includes("@") ? word("email_dot") : word("email_at");
  if (state.tooShort) return word("too_short", { n: /** @type {HTMLInputElement} */ (control).minLength });
  if (state.rangeUnderflow) return word("at_least", { n: /** @type {HTMLInputElement} */ (control).min });
  if (state.rangeOverflow) return word("at_most", { n: /** @type {HTMLInputElement} */ (control).max });
  return control.validationMessage;
}

/** Show or take away the message at a field. @param {Control} control @param {string} message */
export function setFieldError(control, message) {
  const field = control.closest("[data-field]");
  if (!field) return;
  field.classList.toggle("wrong", Boolean(message));
  const id = `${control.id || control.name}-error`;
  let line = field.querySelector(".field-error");
  if (!message) {
    line?.remove();
    control.removeAttribute("aria-invalid");
    return;
  }
  if (!line) {
    line = document.createElement("p");
    line.className = "field-error";
    const icons = /** @type {HTMLTemplateElement | null} */ (document.getElementById("toast-icons"));
    const drawn = icons?.content.querySelector('[data-icon="circle-alert"] svg')?.cloneNode(true);
    if (drawn instanceof Element) {
      drawn.setAttribute("width", "16");
      drawn.setAttribute("height", "16");
      line.append(drawn);
    }
    line.append(document.createElement("span"));
    field.append(line);
  }
  line.id = id;
  /** @type {Element} */ (line.lastElementChild).textContent = message;
  control.setAttribute("aria-invalid", "true");
  control.setAttribute("aria-describedby", id);
}

/** @param {HTMLFormElement} form @returns {boolean} whether it may be sent */
function check(form) {
  /** @type {Control[]} */
  const controls = /** @type {any} */ ([...form.elements].filter((each) => "validity" in each && each.matches("input, textarea, select")));
  const wrong = controls.filter((control) => control.willValidate && !control.validity.valid);
  for (const control of controls) if (control.willValidate) setFieldError(control, control.validity.valid ? "" : sentence(control));
  if (!wrong.length) return true;
  wrong[0].focus();
  announce(sentence(wrong[0]));
  return false;
}

/** @param {HTMLElement} button */
function busy(button) {
  if (button.dataset.busy) button.style.minWidth = `${button.offsetWidth}px`;
  button.setAttribute("aria-busy", "true");
}

/** Let a form be sent again. @param {HTMLFormElement} form */
export function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll('[aria-busy="true"]').forEach((each) => each.removeAttribute("aria-busy"));
}

export function startForms() {
  const prepare = () => document.querySelectorAll("form[data-form]").forEach((form) => form.setAttribute("novalidate", ""));
  prepare();
  document.addEventListener("content:added", prepare);
  document.addEventListener(
    "submit",
    (event) => {
      const form = /** @type {HTMLFormElement} */ (event.target);
      if (!form.matches("[data-form]")) return;
      if (form.dataset.sent || (!event.submitter?.hasAttribute("formnovalidate") && !check(form))) {
        event.preventDefault();
        event.stopPropagation();
        return;
      }
      if (form.method !== "post") return;
      form.dataset.sent = "1";
      // After this turn, so that the button's own name and value are still sent.
      setTimeout(() => event.submitter instanceof HTMLElement && busy(event.submitter));
      setTimeout(() => release(form), BUSY_AT_MOST_MS);
    },
    true,
  );
  document.addEventListener("input", (event) => {
    const control = /** @type {Control} */ (event.target);
    if (control.getAttribute?.("aria-invalid") && control.validity?.valid) setFieldError(control, "");
  });
  // Coming back with the browser's arrow must not find a page that is still busy.
  addEventListener("pageshow", (event) => /** @type {PageTransitionEvent} */ (event).persisted && document.querySelectorAll("form[data-form]").forEach((form) => release(/** @type {HTMLFormElement} */ (form))));
  const first = document.querySelector('[data-field].wrong [aria-invalid="true"]');
  if (first instanceof HTMLElement) first.focus();
}
