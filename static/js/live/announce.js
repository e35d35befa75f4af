// Words for a screen reader, one after the other, so that two at once are both heard.

import { announce as say } from "../core/announce.js";

const GAP_MS = 900;
/** @type {string[]} */
const waiting = [];
let speaking = false;

/** @param {string} text */
export function announce(text) {
  waiting.push(text);
  if (!speaking) next();
}

function next() {
  const text = waiting.shift();
  speaking = text !== undefined;
  if (text === undefined) return;
  say(text);
  setTimeout(next, GAP_MS);
}

/** Fill {name} and its like. @param {string} sentence @param {Record<string, string|number>} [values] */
export function fill(sentence, values = {}) {
  return Object.entries(values).reduce((text, [key, value]) => text.replaceAll(`{${key}}`, String(value)), sentence ?? "");
}
