import { noteServerTime } from "./clock.js";

/** @typedef {{ok: boolean, code?: string, message?: string, field?: string, url?: string, [key: string]: any}} Answer */

const csrf = () => document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";

/**
 * POST JSON and always get an answer: `code` is "offline" when the server could not be reached.
 * @param {string} url
 * @param {unknown} [body]
 * @param {{keepalive?: boolean}} [options] keepalive lets the request outlive the page
 * @returns {Promise<Answer>}
 */
export async function postJson(url, body = {}, { keepalive = false } = {}) {
  try {
    const response = await fetch(url, {
      method: "POST",
      keepalive,
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf() },
      body: JSON.stringify(body),
    });
    noteServerTime(response);
    const answer = await response.json().catch(() => ({}));
    return { ok: response.ok, ...answer };
  } catch {
    return { ok: false, code: "offline" };
  }
}

/** @param {string} url @returns {Promise<Answer>} */
export async function getJson(url) {
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    noteServerTime(response);
    const answer = await response.json().catch(() => ({}));
    return { ok: response.ok, ...answer };
  } catch {
    return { ok: false, code: "offline" };
  }
}
