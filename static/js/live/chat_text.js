// What a message means: words, code, formulas, links. Pure: text goes in, parts come out; whoever shows them makes nodes of them.

/**
 * @typedef {{kind: "text", text: string} | {kind: "code", text: string, lang: string} | {kind: "inline", text: string}
 *   | {kind: "math", text: string, block: boolean} | {kind: "link", text: string, url: string}} Part
 */

// ``` code ``` first, as nothing inside it means anything; then `code`, then formulas.
const FENCE = /```(?:([\w+#-]{0,20})\n)?([\s\S]*?)```/;
const INLINE = /`([^`\n]+)`/;
const MATH_BLOCK = /\$\$([^$]+?)\$\$/;
// A dollar opens a formula only before a character and closes it only after one and not before a digit:
// "$5 and $10" is money.
const MATH = /\$(?![\s$])((?:\\[^\n]|[^$\n\\])*?[^\s\\$]|(?:\\[^\n])+?)\$(?![\d$])/;
const PLACES = new RegExp(`${FENCE.source}|${INLINE.source}|${MATH_BLOCK.source}|${MATH.source}`, "g");
const ADDRESS = /https?:\/\/[^\s<>"'`\\^{|}\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/giu;
const TRAILING = /[.,;:!?…。、]+$/;
const SHOWN_CHARS = 60;

/** @param {string} text @returns {Part[]} in order; their texts hold everything that was said */
export function parseText(text) {
  /** @type {Part[]} */
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(PLACES)) {
    const [all, lang, fenced, inline, block, formula] = match;
    words(text.slice(from, match.index), parts);
    from = match.index + all.length;
    if (fenced !== undefined) parts.push({ kind: "code", text: fenced.replace(/\n$/, ""), lang: lang ?? "" });
    else if (inline !== undefined) parts.push({ kind: "inline", text: inline });
    else parts.push({ kind: "math", text: (block ?? formula).trim(), block: block !== undefined });
  }
  words(text.slice(from), parts);
  return parts.length > 0 ? parts : [{ kind: "text", text }];
}

/** Words with links among them. @param {string} text @param {Part[]} parts */
function words(text, parts) {
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    const link = safeLink(address);
    if (!link) continue;
    plain(text.slice(from, match.index), parts);
    parts.push({ kind: "link", text: link.shown, url: link.url });
    from = match.index + address.length;
  }
  plain(text.slice(from), parts);
}

/** @param {string} text @param {Part[]} parts */
function plain(text, parts) {
  // A block stands on lines of its own: the line break beside it is not shown a second time.
  const last = parts.at(-1);
  const after = last && (last.kind === "code" || (last.kind === "math" && last.block)) ? text.replace(/^\n/, "") : text;
  if (after) parts.push({ kind: "text", text: after });
}

/** A sentence's full stop and a bracket that was opened before the link are not of the link. @param {string} address */
function trimmed(address) {
  for (;;) {
    const before = address;
    address = address.replace(TRAILING, "");
    for (const [open, close] of ["()", "[]"]) {
      if (address.endsWith(close) && count(address, close) > count(address, open)) address = address.slice(0, -1);
    }
    if (address === before) return address;
  }
}

/** @param {string} text @param {string} char */
const count = (text, char) => text.split(char).length - 1;

/**
 * A link that may be followed, and what is shown of it: its true host first, as the browser will read it, so that no
 * look-alike letters and no name before an @ can pass for another place.
 * @param {string} address @returns {{url: string, shown: string, host: string}|null}
 */
export function safeLink(address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  if (url.username || url.password) return null;
  if (!/^(localhost|\[[0-9a-f:.]+\]|[a-z0-9-]+(\.[a-z0-9-]+)+\.?)$/i.test(url.hostname)) return null;
  const rest = `${url.pathname}${url.search}${url.hash}`.replace(/^\/$/, "");
  const shown = `${url.protocol === "http:" ? "http://" : ""}${url.host}${rest}`;
  return { url: url.href, host: url.host, shown: shown.length > SHOWN_CHARS ? `${shown.slice(0, SHOWN_CHARS - 1)}…` : shown };
}
