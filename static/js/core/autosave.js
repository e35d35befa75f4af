import { postJson } from "./http.js";

/** Forms with data-autosave-url whisper "Saved". What could not be sent waits on this device and is sent once. */

const PAUSE_MS = 700;
const KEPT = "unsent:";

/** Fields as a plain object; names that occur twice become lists. @param {HTMLFormElement} form */
function fields(form) {
  /** @type {Record<string, string | string[]>} */
  const values = {};
  for (const control of form.elements) {
    const name = control.getAttribute("name");
    if (!name || name === "csrf_token" || control.getAttribute("type") === "password") continue;
    if (control instanceof HTMLInputElement && control.type === "checkbox") values[name] ??= [];
  }
  for (const [name, value] of new FormData(form)) {
    if (name === "csrf_token" || typeof value !== "string" || form.querySelector(`[name="${CSS.escape(name)}"][type="password"]`)) continue;
    const before = values[name];
    values[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
  }
  return values;
}

/** @param {string} url @param {unknown} body @param {boolean} [keepalive] */
async function send(url, body, keepalive = false) {
  localStorage.setItem(KEPT + url, JSON.stringify(body));
  const mine = localStorage.getItem(KEPT + url);
  const answer = await postJson(url, body, { keepalive });
  // A refusal is final, a lost connection is not. Newer words written meanwhile stay.
  if (answer.code !== "offline" && localStorage.getItem(KEPT + url) === mine) localStorage.removeItem(KEPT + url);
  return answer.ok;
}

async function sendKept() {
  for (const key of Object.keys(localStorage).filter((each) => each.startsWith(KEPT))) {
    await send(key.slice(KEPT.length), JSON.parse(localStorage.getItem(key) ?? "{}"));
  }
}

/** @param {HTMLFormElement} form */
function wire(form) {
  const url = form.dataset.autosaveUrl ?? "";
  const whisper = document.querySelector("[data-saved]");
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  const save = async (keepalive = false) => {
    clearTimeout(pause);
    pause = undefined;
    const ok = await send(url, fields(form), keepalive);
    whisper?.classList.toggle("quiet", !ok);
    if (ok) form.dispatchEvent(new CustomEvent("autosave:saved", { bubbles: true }));
  };
  const later = () => {
    whisper?.classList.add("quiet");
    clearTimeout(pause);
    pause = setTimeout(() => void save(), PAUSE_MS);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => clearTimeout(pause));
  document.addEventListener("visibilitychange", () => document.hidden && pause !== undefined && void save(true));
}

export function startAutosave() {
  document.querySelectorAll("form[data-autosave-url]").forEach((form) => wire(/** @type {HTMLFormElement} */ (form)));
  addEventListener("online", () => void sendKept());
  if (document.body.dataset.me) void sendKept();
}
