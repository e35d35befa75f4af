/** Words that scripts say. They come translated from the page (base.html), so that scripts hold no language. */

/** @type {Record<string, string> | undefined} */
let words;

/** @param {string} key @param {Record<string, string | number>} [values] */
export function word(key, values = {}) {
  words ??= JSON.parse(document.getElementById("words")?.textContent || "{}");
  const text = words?.[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_all, name) => String(values[name] ?? ""));
}
