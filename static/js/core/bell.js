import { getJson, postJson } from "./http.js";
import { serverNow } from "./clock.js";
import { on, socket } from "./socket.js";
import { toast } from "./toast.js";
import { word } from "./words.js";

/** The bell: a badge on every open tab, a nod and a toast for what is new, and nothing lost while offline. */

const FRESH_MS = 120_000;
const READ_AFTER_MS = 1200;
const LAST = "bell:last";

/** @typedef {{id: string, kind: string, title: string, body?: string, url?: string, at: string, unread?: number,
 *   actions?: {label: string, method?: string, url: string, style?: string}[], person?: {name: string, portrait_url: string} | null}} Told */

/** @param {number} unread */
function showUnread(unread) {
  for (const badge of document.querySelectorAll("[data-unread]")) {
    /** @type {HTMLElement} */ (badge).hidden = !unread;
    const [shown, spoken] = badge.children;
    if (shown) shown.textContent = unread > 9 ? "9+" : String(unread);
    if (spoken) spoken.textContent = word("unread", { n: unread });
  }
  const app = /** @type {any} */ (navigator);
  if (unread) app.setAppBadge?.(unread).catch(() => undefined);
  else app.clearAppBadge?.().catch(() => undefined);
}

/** @param {Told} told */
function show(told) {
  sessionStorage.setItem(LAST, told.id);
  if (told.unread !== undefined) showUnread(told.unread);
  for (const bell of document.querySelectorAll("[data-bell]")) {
    bell.classList.remove("nods");
    requestAnimationFrame(() => bell.classList.add("nods"));
  }
  // An old fact is in the list already; only the tab in front speaks.
  if (document.hidden || serverNow() - Date.parse(told.at) > FRESH_MS) return;
  const actions = (told.actions ?? []).map((action) => {
    const get = (action.method ?? "GET").toUpperCase() === "GET";
    return { label: action.label, style: action.style, ...(get ? { href: action.url } : { url: action.url }) };
  });
  toast({ fact: told.title, detail: told.body, face: told.person?.portrait_url, icon: "bell", href: told.url, key: told.id, actions });
}

/** After a gap: what came meanwhile, once, in order. */
async function catchUp() {
  const last = sessionStorage.getItem(LAST);
  const address = document.querySelector("[data-bell]")?.getAttribute("href");
  if (!address) return;
  const answer = await getJson(last ? `${address}?since=${encodeURIComponent(last)}` : address);
  if (!answer.ok) return;
  showUnread(answer.unread ?? 0);
  const rows = /** @type {Told[]} */ (answer.notifications ?? []);
  if (!last && rows[0]) sessionStorage.setItem(LAST, rows[0].id);
  if (last) rows.forEach(show);
}

export function startBell() {
  if (!document.body.dataset.me) return;
  on("notification_created", show);
  on("notifications_read", (/** @type {{unread: number}} */ told) => showUnread(told.unread));
  let before = false;
  void socket().then((connection) => {
    connection.on("connect", () => {
      if (before || !sessionStorage.getItem(LAST)) void catchUp();
      before = true;
    });
  });
  document.addEventListener("sheet:open", (event) => {
    const dialog = /** @type {HTMLElement} */ (event.target);
    if (dialog.dataset.kind !== "bell") return;
    const address = dialog.dataset.url ?? "";
    setTimeout(async () => {
      if (!dialog.isConnected) return;
      const answer = await postJson(`${address}/read`, {});
      if (answer.ok) showUnread(answer.unread ?? 0);
    }, READ_AFTER_MS);
  });
}
