// The chat of this room: the panel, and the box that keeps a message until it is written.

import { ChatPanel } from "./chat_panel.js";
import { Outbox } from "./journal.js";
import { Refused } from "./line.js";
import { ASK, CHAT } from "./protocol.js";

// A message that can never be written must not stand before those that can.
const HOPELESS = /^(chat_|board_operation|bad_payload)/;

/**
 * @param {{root: HTMLElement, facts: any, seat: import("./seat.js").Seat, journal: import("./journal.js").Journal,
 *   onUnread: (count: number) => void}} parts
 * @returns {{panel: ChatPanel, outbox: Outbox<import("./chat_panel.js").Message>}}
 */
export function makeChat({ root, facts, seat, journal, onUnread }) {
  /** @type {Outbox<import("./chat_panel.js").Message>} */
  const outbox = new Outbox({
    key: `room-chat-${facts.session}`,
    batch: 1,
    send: async ([message]) => {
      try {
        return (await seat.ask(ASK.CHAT_SEND, message)).answers;
      } catch (error) {
        if (!(error instanceof Refused && HOPELESS.test(error.code))) throw error;
        return [{ client_id: message.client_id, code: error.code, message: error.message }];
      }
    },
    onAnswer: ({ client_id, text }, answer) => {
      if (answer.seq) journal.receive([{ seq: answer.seq, kind: CHAT, author: facts.me, client_id, payload: { text }, at: answer.at ?? 0 }]);
      else panel.refuse({ client_id, text }, answer.message ?? "");
    },
  });
  const panel = new ChatPanel({
    root: /** @type {HTMLElement} */ (root.querySelector("[data-chat]")),
    me: facts.me,
    name: facts.name,
    words: facts.words,
    send: (message) => outbox.add(message),
    typing: () => seat.throw(ASK.TYPING_SHOW, {}),
    onUnread,
  });
  for (const message of outbox.items) panel.pending(message);
  return { panel, outbox };
}
