// A message on the page. Every word becomes a text node: nothing that was said is ever read as markup.

import { parseText, safeLink } from "./chat_text.js";

const FORMULA_CHARS = 600;
/** @type {Promise<typeof import("katex").default>|undefined} */
let library;

/** @param {string} text @returns {DocumentFragment} */
export function marks(text) {
  const whole = document.createDocumentFragment();
  for (const part of parseText(text)) {
    if (part.kind === "text") whole.append(part.text);
    else if (part.kind === "link") whole.append(linkTo(part.url, part.text));
    else if (part.kind === "inline") whole.append(element("code", "chat-inline", part.text));
    else if (part.kind === "code") {
      const block = element("pre", "chat-code", "");
      if (part.lang) block.dataset.lang = part.lang;
      block.tabIndex = 0; // long lines scroll, also by keyboard
      block.append(element("code", "", part.text));
      whole.append(block);
    } else whole.append(formula(part.text, part.block));
  }
  return whole;
}

/** @param {string} name @param {string} className @param {string} text */
function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

/** @param {string} url @param {string} shown */
function linkTo(url, shown) {
  const link = /** @type {HTMLAnchorElement} */ (element("a", "chat-link", shown));
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow ugc";
  link.title = safeLink(url)?.host ?? "";
  link.dir = "ltr";
  return link;
}

/** The formula as it was written, until the library is here; for ever, when it can't be read. @param {string} tex @param {boolean} block */
function formula(tex, block) {
  const place = element(block ? "div" : "span", block ? "chat-math block" : "chat-math", tex);
  if (tex.length > FORMULA_CHARS) return place;
  library ??= import("katex").then((module) => module.default);
  library.then(
    (katex) => {
      try {
        // MathML needs no style attribute, which this site's policy forbids, and is read aloud as mathematics.
        katex.render(tex, place, { displayMode: block, output: "mathml", throwOnError: true, trust: false, maxExpand: 200, maxSize: 20, strict: "ignore" });
        place.classList.add("set");
        if (block) place.tabIndex = 0; // a wide one scrolls, also by keyboard
      } catch {
        place.textContent = tex;
        place.classList.add("unread");
      }
    },
    () => {
      library = undefined; // the line was down: the next formula asks again
    },
  );
  return place;
}
