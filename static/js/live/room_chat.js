// The chat of this room: the panel, the box that keeps a message until it is written, and how far it is read.

import { ChatPanel } from "./chat_panel.js";
import { ChatRead } from "./chat_read.js";
import { FileDesk } from "./file_desk.js";
import { newId } from "./ids.js";
import { Outbox } from "./journal.js";
import { Refused, on } from "./line.js";
import { ASK, CHAT, TELL } from "./protocol.js";
import { Shelf } from "./shelf.js";

// A message that can never be written must not stand before those that can.
const HOPELESS = /^(chat_|file_|board_operation|bad_payload)/;

/** @typedef {import("./chat_panel.js").Message} Message */

/**
 * @param {{root: HTMLElement, facts: any, seat: import("./seat.js").Seat, journal: import("./journal.js").Journal,
 *   onUnread: (count: number) => void, peer: import("./peer.js").Peer}} parts
 * @returns {{panel: ChatPanel, outbox: Outbox<Message>, read: ChatRead, files: FileDesk}}
 */
export function makeChat({ root, facts, seat, journal, onUnread, peer }) {
  const refused = kept(`room-chat-refused-${facts.session}`);
  /** @type {Outbox<Message>} */
  const outbox = new Outbox({
    shelf: new Shelf({ box: `chat ${facts.session} ${facts.me}`, ends: facts.ends }),
    batch: 1,
    send: async ([message]) => {
      try {
        return (await seat.ask(ASK.CHAT_SEND, message)).answers;
      } catch (error) {
        if (!(error instanceof Refused && HOPELESS.test(error.code))) throw error;
        return [{ client_id: message.client_id, code: error.code, message: error.message }];
      }
    },
    onAnswer: ({ client_id, ...said }, answer) => {
      if (answer.seq) journal.receive([{ seq: answer.seq, kind: CHAT, author: facts.me, client_id, payload: said, at: answer.at ?? 0 }]);
      else {
        refused.add({ client_id, ...said, why: answer.message ?? "" });
        panel.refuse({ client_id, ...said }, answer.message ?? "");
      }
    },
  });
  /** @type {ChatPanel} */
  const panel = new ChatPanel({
    root: /** @type {HTMLElement} */ (root.querySelector("[data-chat]")),
    me: facts.me,
    name: facts.name,
    words: facts.words,
    send: (message) => outbox.add(message),
    typing: () => seat.throw(ASK.TYPING_SHOW, {}),
    onUnread,
    onLook: () => read.look(),
    onDropped: ({ client_id }) => refused.drop(client_id),
    save: (file) => files.save(file),
  });
  /** @type {FileDesk} */
  const files = new FileDesk({
    root: panel.root, name: facts.name, words: facts.words, peer,
    onRow: (row) => panel.append(row),
    onSent: (file) => {
      const message = { client_id: newId(), file };
      panel.pending(message);
      outbox.add(message);
    },
  });
  const read = new ChatRead({
    say: async (seq) => /** @type {any} */ (await seat.ask(ASK.CHAT_SEEN, { seq })),
    looking: () => panel.looking,
    onTheirs: (seq) => panel.seen(seq),
  });
  on(TELL.SEEN_RAISED, ({ seq }) => read.heard(seq));
  for (const { why, ...message } of refused.all()) {
    panel.pending(message);
    panel.refuse(message, why);
  }
  return { panel, outbox, read, files };
}

/** Refused messages outlive a reload too. @param {string} key */
function kept(key) {
  /** @returns {(Message & {why: string})[]} */
  const all = () => {
    try {
      return JSON.parse(sessionStorage.getItem(key) ?? "[]");
    } catch {
      return [];
    }
  };
  const put = (/** @type {(Message & {why: string})[]} */ list) => {
    try {
      sessionStorage.setItem(key, JSON.stringify(list));
    } catch {
      // Storage is full or forbidden: the message still stands in this page.
    }
  };
  return {
    all,
    add: (/** @type {Message & {why: string}} */ one) => put([...all().filter(({ client_id }) => client_id !== one.client_id), one]),
    drop: (/** @type {string} */ id) => put(all().filter(({ client_id }) => client_id !== id)),
  };
}
