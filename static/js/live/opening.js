// The log in one answer, for an empty board or a long absence. Each page of it is drawn while the next is still on its way.

import { pageOf } from "./journal.js";

/** So many missed lines are worth an answer of their own; fewer come over the socket. */
export const WORTH = 1500;

/**
 * Read the log after a number. Rejects when it does not come to its end; what came until then counts.
 * @param {string} url @param {number} since @param {(entries: import("./journal.js").Entry[]) => void} receive
 * @param {typeof fetch} [get]
 */
export async function readLog(url, since, receive, get = fetch) {
  // The page has asked for the whole log while its scripts were on their way: the same address finds that answer.
  const answer = await get(since > 0 ? `${url}?since=${since}` : url);
  if (!answer.ok || !answer.body) throw new Error(`the log answers ${answer.status}`);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let begun = "";
  let more = true;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = value.split("\n");
    lines[0] = begun + lines[0];
    begun = lines.pop() ?? "";
    for (const line of lines) {
      const page = pageOf(JSON.parse(line));
      more = page.more;
      receive(page.entries);
    }
  }
  if (more) throw new Error("the log broke off");
}
