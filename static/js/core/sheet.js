import { noteServerTime } from "./clock.js";

/** Sheets: native dialogs, in the page or fetched from a URL. Without scripts the same links are plain pages. */

const DRAG_CLOSES_PX = 90;

/** @param {string} id @returns {HTMLTemplateElement} */
const template = (id) => /** @type {HTMLTemplateElement} */ (document.getElementById(id));

/** @param {HTMLDialogElement} dialog */
function show(dialog) {
  if (!dialog.open) dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("sheet:open", { bubbles: true }));
}

/** Fill a dialog with what a view answered. Scripts in it do not run. @param {HTMLDialogElement} dialog @param {string} html */
function fill(dialog, html) {
  const content = /** @type {HTMLElement} */ (dialog.querySelector("[data-sheet-content]"));
  const parsed = new DOMParser().parseFromString(html, "text/html");
  content.replaceChildren(...parsed.body.childNodes);
  const title = content.querySelector("[data-sheet-title]");
  if (title) {
    title.id = `sheet-title-${Date.now()}`;
    dialog.setAttribute("aria-labelledby", title.id);
  }
  // What is wrong may stand below the fold: it is shown, and read out, by being focused.
  const first = /** @type {HTMLElement | null} */ (content.querySelector("[aria-invalid='true'], [autofocus]"));
  first?.focus();
  first?.closest("[data-field]")?.scrollIntoView({ block: "nearest" }); // with the sentence below the field
  document.dispatchEvent(new CustomEvent("content:added", { detail: content }));
}

/** @param {HTMLDialogElement} dialog @param {string} url */
function showTrouble(dialog, url) {
  const content = /** @type {HTMLElement} */ (dialog.querySelector("[data-sheet-content]"));
  content.replaceChildren(template("sheet-trouble").content.cloneNode(true));
  content.querySelector("[data-sheet-retry]")?.addEventListener("click", (event) => {
    event.preventDefault();
    void load(dialog, url);
  });
}

/** @param {HTMLDialogElement} dialog @param {string} url @param {RequestInit} [init] */
async function load(dialog, url, init = {}) {
  try {
    const response = await fetch(url, { ...init, headers: { "X-Sheet": "1", Accept: "text/html" } });
    noteServerTime(response);
    if (response.status === 401) return location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    // A form in a sheet that leads on leaves this page; so does a view that has no sheet to offer.
    const html = await response.text();
    const page = /^\s*<!doctype/i.test(html);
    if (response.redirected || (response.ok && page)) return location.assign(response.url);
    if (page || !html.includes("data-sheet-title")) return showTrouble(dialog, url);
    fill(dialog, html);
  } catch {
    showTrouble(dialog, url);
  }
}

/** Open what a URL answers to `X-Sheet: 1` as a sheet. @param {string} url @param {string} [kind] */
export function openSheet(url, kind = "") {
  const dialog = /** @type {HTMLDialogElement} */ (/** @type {Element} */ (template("sheet-template").content.firstElementChild).cloneNode(true));
  dialog.dataset.url = url;
  dialog.dataset.kind = kind;
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  show(dialog);
  void load(dialog, url);
  return dialog;
}

/** A finger pulls the sheet down by its handle or its head. @param {PointerEvent} event */
function drag(event) {
  const target = /** @type {Element} */ (event.target);
  const dialog = /** @type {HTMLDialogElement | null} */ (target.closest("dialog.sheet"));
  if (!dialog || event.pointerType === "mouse" || target.closest("button, a, input") || !target.closest(".sheet-handle, .sheet-head")) return;
  const from = event.clientY;
  /** @param {PointerEvent} move */
  const follow = (move) => (dialog.style.translate = `0 ${Math.max(0, move.clientY - from)}px`);
  /** @param {PointerEvent} up */
  const end = (up) => {
    removeEventListener("pointermove", follow);
    dialog.style.translate = "";
    if (up.type === "pointerup" && up.clientY - from > DRAG_CLOSES_PX) dialog.close();
  };
  addEventListener("pointermove", follow);
  addEventListener("pointerup", end, { once: true });
  addEventListener("pointercancel", end, { once: true });
}

export function startSheets() {
  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const opener = target.closest("[data-sheet-open], [data-sheet-url], [data-sheet-close]");
    if (target instanceof HTMLDialogElement && target.classList.contains("sheet")) {
      const box = target.getBoundingClientRect(); // a click on the backdrop arrives at the dialog itself
      if (event.clientY < box.top || event.clientY > box.bottom || event.clientX < box.left || event.clientX > box.right) target.close();
      return;
    }
    if (!opener) return;
    if (opener.hasAttribute("data-sheet-close")) return opener.closest("dialog")?.close();
    const id = opener.getAttribute("data-sheet-open");
    const inPage = id ? document.querySelector(`[data-sheet="${CSS.escape(id)}"]`) : null;
    const url = opener.getAttribute("data-sheet-url");
    if (!(inPage instanceof HTMLDialogElement) && !url) return;
    event.preventDefault();
    const here = opener.closest("[data-sheet-here]")?.closest("dialog");
    if (here && url) void load(here, url);
    else if (inPage instanceof HTMLDialogElement) show(inPage);
    else if (url) openSheet(url, opener.getAttribute("data-sheet-kind") ?? "");
  });
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const dialog = form.closest("dialog");
    if (event.defaultPrevented || !dialog || !form.hasAttribute("data-sheet-form")) return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    // A file cannot stand in a URL-encoded body; forms in sheets have none, and every view reads this encoding.
    const body = new URLSearchParams(/** @type {any} */ (data));
    void load(dialog, form.action, { method: "POST", body });
  });
  document.addEventListener("pointerdown", drag);
}
