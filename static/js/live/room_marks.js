// The small marks of the room: the clock, what is saved, what is unread.

import { fill } from "./announce.js";
import { asClock } from "./clock.js";

/** @typedef {Record<string, string>} Words */

/** @param {ParentNode} root @param {Words} words @param {ReturnType<import("./clock.js").LessonClock["read"]>} reading */
export function showClock(root, words, { phase, seconds, minutes }) {
  const word = phase === "before" ? words.until_start : phase === "over" ? words.over_time : fill(words.left_of, { minutes });
  place(root, "[data-clock]").textContent = asClock(seconds);
  place(root, "[data-clock-word]").textContent = word;
}

/** @param {ParentNode} root @param {Words} words @param {{waiting: number, count: number, lineUp: boolean}} board */
export function showSaved(root, words, { waiting, count, lineUp }) {
  const waits = waiting === 1 ? words.stroke_waits : fill(words.strokes_wait, { count: waiting });
  const chip = place(root, "[data-wait]");
  chip.hidden = waiting === 0 || lineUp;
  place(chip, "span").textContent = waits;
  const saved = ["board_saved_empty", "board_saved_one"][count] ?? "board_saved";
  place(root, "[data-saved-word]").textContent = waiting > 0 ? waits : fill(words[saved], { count });
}

/** @param {Words} words @param {number} count */
export function showUnread(words, count) {
  const badge = place(document, "[data-control='chat'] [data-unread]");
  badge.hidden = count === 0;
  badge.textContent = String(count);
  badge.setAttribute("aria-label", fill(words.chat_unread, { count }));
}

/** @param {ParentNode} root @param {string} selector */
function place(root, selector) {
  return /** @type {HTMLElement} */ (root.querySelector(selector));
}
