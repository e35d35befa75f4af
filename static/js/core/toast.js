import { announce } from "./announce.js";
import { postJson } from "./http.js";
import { word } from "./words.js";

/**
 * @typedef {{label: string, href?: string, method?: string, url?: string, style?: string, run?: () => unknown}} ToastAction
 * @typedef {object} Toast
 * @property {string} fact the bold line
 * @property {string} [detail] one line under it
 * @property {string} [face] address of a portrait
 * @property {string} [icon] one of the icons in #toast-icons
 * @property {string} [href] where the fact itself leads
 * @property {ToastAction[]} [actions] at most two; the last is the likely one
 * @property {{run: () => unknown, seconds?: number}} [undo]
 * @property {string} [key] a newer toast with the same key takes the older one's place
 * @property {number} [seconds] how long it stays; 0 waits for an answer
 */

const MOST = 3;
const STAY_SECONDS = 6;
const STAY_WITH_ACTIONS_SECONDS = 14;

/** Toasts live in the topmost open dialog, because nothing outside it can be reached. */
function region() {
  const place = /** @type {HTMLElement} */ (document.getElementById("toasts"));
  const host = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  if (place.parentElement !== host) host.append(place);
  return place;
}

/** @param {Element} card */
function leave(card) {
  if (card.classList.contains("leaves")) return;
  card.classList.add("leaves");
  setTimeout(() => card.remove(), matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 180);
}

/**
 * A clock that stands still while the pointer or the focus is on the card, or the page is hidden.
 * @param {HTMLElement} card @param {number} seconds @param {(left: number) => void} [tick]
 */
function stay(card, seconds, tick) {
  let left = seconds;
  const timer = setInterval(() => {
    if (!card.isConnected) return clearInterval(timer);
    if (card.matches(":hover, :focus-within") || document.hidden) return;
    left -= 0.25;
    tick?.(Math.max(0, Math.ceil(left)));
    if (left <= 0) {
      clearInterval(timer);
      leave(card);
    }
  }, 250);
}

/** @param {ToastAction} action @param {HTMLElement} card @param {boolean} likely */
function actionButton(action, card, likely) {
  const button = document.createElement(action.href ? "a" : "button");
  const kind = action.style ?? (likely ? "primary" : "quiet");
  button.className = `btn btn-${kind}${likely ? " likely" : ""}`;
  button.textContent = action.label;
  if (action.href) {
    button.setAttribute("href", action.href);
    return button;
  }
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    if (action.run) {
      await action.run();
      return leave(card);
    }
    const answer = await postJson(action.url ?? "");
    button.removeAttribute("aria-busy");
    if (answer.ok) leave(card);
    if (answer.ok && answer.url) location.assign(answer.url);
    else if (answer.ok && answer.message) toast({ fact: answer.message, icon: "check" });
    else if (!answer.ok) toast({ fact: answer.message ?? word("offline"), icon: "circle-alert" });
  });
  return button;
}

/** Show a toast. Returns a function that takes it away. @param {Toast} what */
export function toast(what) {
  const place = region();
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("toast-template"));
  const card = /** @type {HTMLElement} */ (/** @type {Element} */ (template.content.firstElementChild).cloneNode(true));
  /** @param {string} name */
  const part = (name) => /** @type {HTMLElement} */ (card.querySelector(`[data-toast-${name}]`));

  if (what.key) {
    place.querySelector(`[data-key="${CSS.escape(what.key)}"]`)?.remove();
    card.dataset.key = what.key;
  }
  const fact = part("fact");
  if (what.href) fact.append(Object.assign(document.createElement("a"), { href: what.href, className: "no-link", textContent: what.fact }));
  else fact.textContent = what.fact;
  part("detail").textContent = what.detail ?? "";
  part("detail").hidden = !what.detail;
  if (what.face) {
    const face = document.createElement("span");
    face.className = "avatar";
    face.append(Object.assign(document.createElement("img"), { src: what.face, alt: "", width: 44, height: 44 }));
    part("face").replaceWith(face);
  } else {
    const icons = /** @type {HTMLTemplateElement | null} */ (document.getElementById("toast-icons"));
    const drawn = icons?.content.querySelector(`[data-icon="${what.icon ?? "info"}"] svg`) ?? icons?.content.querySelector("svg");
    part("face").replaceWith(drawn?.cloneNode(true) ?? "");
  }

  const actions = (what.actions ?? []).slice(0, 2);
  part("actions").hidden = !actions.length;
  actions.forEach((action, at) => part("actions").append(actionButton(action, card, at === actions.length - 1)));

  const seconds = what.seconds ?? what.undo?.seconds ?? (actions.length ? STAY_WITH_ACTIONS_SECONDS : STAY_SECONDS);
  const undo = part("undo");
  if (what.undo) {
    undo.hidden = false;
    /** @type {HTMLElement} */ (undo.firstElementChild).textContent = word("undo");
    undo.addEventListener("click", () => {
      what.undo?.run();
      leave(card);
    });
  }
  const shown = /** @type {HTMLElement | null} */ (undo.querySelector(".seconds"));
  if (seconds) stay(card, seconds, what.undo && shown ? (left) => (shown.textContent = String(left)) : undefined);
  part("close").addEventListener("click", () => leave(card));
  card.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    leave(card);
  });

  place.append(card);
  const standing = [...place.children].filter((each) => !each.classList.contains("leaves"));
  standing.slice(0, Math.max(0, standing.length - MOST)).forEach(leave);
  announce([what.fact, what.detail, ...actions.map((action) => action.label)].filter(Boolean).join(". "));
  return () => leave(card);
}

/** Messages that the server left for this page with flash(). */
export function showFlashes() {
  for (const left of document.querySelectorAll("template[data-flash]")) {
    const category = left.getAttribute("data-flash") ?? "";
    const icon = { message: "info", error: "circle-alert", success: "check" }[category] ?? category;
    toast({ fact: /** @type {HTMLTemplateElement} */ (left).content.textContent ?? "", icon });
    left.remove();
  }
}
