// The recap page: the log is fetched once; the replay, the final pages and the chat's formulas come from it.

import { getJson } from "../core/http.js";
import { fill } from "../live/announce.js";
import { bindSaves } from "../live/board_save.js";
import { marks } from "../live/chat_marks.js";
import { Replay } from "./replay.js";
import { Reel, wholeLog } from "./replay_reel.js";
import { ReplayView } from "./replay_view.js";

const PICTURE_ZOOM = 3;
const PICTURE = { width: 1280, height: 800 };

export function startRecap() {
  for (const place of document.querySelectorAll("[data-chat-text]")) place.replaceChildren(marks(place.textContent ?? ""));
  const root = document.getElementById("replay");
  if (!root) return;
  const facts = JSON.parse(root.dataset.facts ?? "{}");
  const failed = /** @type {HTMLElement} */ (root.querySelector("[data-replay-failed]"));
  failed.querySelector("button")?.addEventListener("click", () => void load());
  void load();

  async function load() {
    failed.hidden = true;
    root?.setAttribute("aria-busy", "true");
    try {
      const entries = await wholeLog((since) => getJson(`${facts.url}?since=${since}`));
      const reel = new Reel(entries, facts.started, facts.ended);
      /** @type {HTMLElement} */ (root?.querySelector("[data-replay-body]")).hidden = false;
      new Replay({ root: /** @type {HTMLElement} */ (root), facts, reel });
      showPages(reel, facts);
      if (root) root.dataset.state = "ready";
    } catch (error) {
      console.warn("replay", error);
      failed.hidden = false;
    }
    root?.removeAttribute("aria-busy");
  }
}

/** The pages as they were left, each to be saved, and all of them together. @param {Reel} reel @param {any} facts */
function showPages(reel, facts) {
  const section = document.getElementById("final-pages");
  const list = section?.querySelector("ul");
  if (!section || !list) return;
  const pages = [];
  // The replay stands at the end now: its board is the one that was left.
  for (let page = 0; page < reel.state.pages; page += 1) if (reel.state.visible(page).length > 0) pages.push(page);
  const left = reel.state.copy();
  const failed = /** @type {HTMLElement} */ (section.querySelector("[data-save-failed]"));
  const title = facts.title.replace(/[^\p{L}\p{N} .,-]/gu, "").trim() || "board";
  const saves = (/** @type {ParentNode} */ root, /** @type {number} */ page) =>
    bindSaves(root, {
      state: () => left, page: () => page,
      name: (ending) => (ending === "pdf" ? title : `${title} ${page + 1}`),
      onFailed: () => (failed.hidden = false),
    });
  section.addEventListener("click", () => (failed.hidden = true), { capture: true });
  list.replaceChildren(...pages.map((page) => {
    const item = document.createElement("li");
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", fill(facts.words.page, { page: page + 1 }));
    const view = new ReplayView(canvas, reel, PICTURE_ZOOM);
    view.fit(PICTURE.width, PICTURE.height, 1);
    view.show(left, page);
    const row = document.createElement("div");
    row.className = "flex flex-wrap gap-2";
    row.append(saveButton("png", facts.words.save_page, page), saveButton("svg", facts.words.save_page_svg, page));
    item.append(canvas, row);
    saves(item, page);
    return item;
  }));
  saves(/** @type {ParentNode} */ (section.querySelector("[data-save-all]")), 0);
  section.hidden = pages.length === 0;
}

/** @param {string} ending @param {string} word @param {number} page */
function saveButton(ending, word, page) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-s btn-quiet";
  button.dataset.save = ending;
  button.textContent = fill(word, { page: page + 1 });
  return button;
}
