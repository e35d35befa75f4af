// One line of the chat on the page: who and when, what was said or handed over, and how far it has come.

import { marks } from "./chat_marks.js";
import { sizeWord } from "./file_rules.js";

/**
 * @typedef {"sending"|"waiting"|"sent"|"seen"|"failed"} LineState
 * @typedef {{name: string, size: number, sha256: string, type?: string}} FileNote
 * @typedef {{text?: string, file?: FileNote}} Said
 */

const ICONS = { sending: "clock", waiting: "clock", sent: "check", seen: "check-check", failed: "circle-alert" };

/** A copy of one of the icons that the page brought along. @param {string} name */
export function icon(name) {
  const kept = /** @type {HTMLTemplateElement|null} */ (document.querySelector("template[data-chat-icons]"));
  return kept?.content.querySelector(`[data-icon="${name}"]`)?.cloneNode(true) ?? "";
}

/**
 * @param {{said: Said, who: string, mine: boolean, words: Record<string, string>, save?: (file: FileNote) => (() => void)|null}} parts
 *   `save` answers how to keep a file, or null when this page does not hold it
 */
export function makeLine({ said, who, mine, words, save }) {
  const line = document.createElement("li");
  line.className = mine ? "mine" : "theirs";
  const head = document.createElement("p");
  head.className = "t-s muted num chat-head";
  const by = document.createElement("span");
  by.textContent = who;
  head.append(by);
  if (mine) {
    const state = document.createElement("span");
    state.className = "chat-state";
    state.dataset.chatState = "";
    head.append(state);
  }
  const body = document.createElement("div");
  body.className = "bubble";
  body.dir = "auto";
  if (said.file) body.append(fileCard(said.file, words, save));
  else body.append(marks(String(said.text ?? "")));
  line.append(head, body);
  return line;
}

/** @param {HTMLElement} line @param {LineState} state @param {Record<string, string>} words */
export function showState(line, state, words) {
  if (line.dataset.state === state) return;
  line.dataset.state = state;
  const place = line.querySelector("[data-chat-state]");
  if (!place) return;
  const word = document.createElement("span");
  word.textContent = words[`chat_${state}`];
  // What goes without saying is said to a screen reader only.
  word.className = state === "sending" || state === "sent" ? "sr-only" : "";
  place.replaceChildren(icon(ICONS[state]), word);
}

/** A message that was refused: why, and what can be done. @param {HTMLElement} line @param {string} why
 *  @param {[string, () => void][]} actions */
export function showRefusal(line, why, actions) {
  line.querySelector("[data-refusal]")?.remove();
  const row = document.createElement("p");
  row.className = "t-s chat-refusal";
  row.dataset.refusal = "";
  row.setAttribute("role", "alert");
  row.append(why);
  for (const [word, act] of actions) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "chat-act";
    button.textContent = word;
    button.addEventListener("click", act);
    row.append(" ", button);
  }
  line.append(row);
}

/** @param {FileNote} file @param {Record<string, string>} words @param {((file: FileNote) => (() => void)|null)|undefined} save */
function fileCard(file, words, save) {
  const card = document.createElement("div");
  card.className = "chat-file";
  const about = document.createElement("div");
  about.className = "min-w-0 grow";
  const name = document.createElement("bdi");
  name.className = "chat-file-name";
  name.textContent = String(file.name);
  const size = document.createElement("p");
  size.className = "t-s muted";
  const keep = save?.(file);
  const measure = sizeWord(Number(file.size), document.documentElement.lang);
  size.textContent = `${measure}, ${keep ? words.file_checked : words.file_not_kept}`;
  about.append(name, size);
  card.append(icon("file-text"), about);
  if (keep) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "icon-btn";
    button.setAttribute("aria-label", `${words.file_save} ${file.name}`);
    button.append(icon("download"));
    button.addEventListener("click", keep);
    card.append(button);
  }
  return card;
}
