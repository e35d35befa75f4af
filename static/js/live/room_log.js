// How the room comes to know its lesson's log: read in one answer when it opens and after a long absence, asked for over the socket
// else; and with it what an earlier page of this person could not send.

import { WORTH, readLog } from "./opening.js";

// A browser that takes longer to open its storage gives back later what it keeps; what is drawn meanwhile need not wait for it.
const PATIENCE_MS = 1500;

export class RoomLog {
  /**
   * @param {{facts: any, journal: import("./journal.js").Journal, board: import("./room_board.js").RoomBoard, chat: import("./chat_panel.js").ChatPanel,
   *   chatBox: import("./journal.js").Outbox<import("./chat_panel.js").Message>}} parts
   */
  constructor({ facts, journal, board, chat, chatBox }) {
    this.facts = facts;
    this.journal = journal;
    this.board = board;
    this.chat = chat;
    this.chatBox = chatBox;
    /** what is older is sent first */
    this.restored = Promise.race([this.#restore(), new Promise((done) => setTimeout(done, PATIENCE_MS))]);
    /** the log as it stood when the page was asked for; what is newer comes over the socket */
    this.opened = this.#read();
  }

  /** Bring the log up to date. Rejects when the server can't be reached. @param {number} seq the newest line, as the server said */
  async catchUp(seq) {
    await Promise.all([this.opened, this.restored]);
    if (seq - this.journal.seq > WORTH) await this.#read();
    await this.journal.sync();
    performance.mark("room-read"); // `make bench-board` reads these marks
  }

  /** Whatever goes wrong with it, the socket brings the rest. */
  async #read() {
    try {
      await readLog(this.facts.log_url, this.journal.seq, (entries) => this.journal.receive(entries));
      performance.mark("log-read", { detail: this.journal.seq });
    } catch {
      performance.mark("log-broken");
    }
  }

  /** Show what an earlier page left, but for what the log has brought already. */
  async #restore() {
    const { server } = this.facts;
    const [steps, messages] = await Promise.all([this.board.outbox.restore(server), this.chatBox.restore(server)]);
    const written = this.journal.written();
    for (const step of steps) if (!written.has(step.client_id)) this.board.redraw(step);
    for (const message of messages) if (!written.has(message.client_id)) this.chat.pending(message);
  }
}
