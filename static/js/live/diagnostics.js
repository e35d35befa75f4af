// Sends what the call went through to the server: now and then by itself, and when the person asks for it. No DOM.

import { LIMIT, ASK } from "./protocol.js";
import { Ring } from "./ring.js";

const EVERY_MS = 60000;

export class Diagnostics {
  /** @param {{ask: (event: string, data: object) => Promise<any>}} parts */
  constructor({ ask }) {
    this.ask = ask;
    this.ring = new Ring();
    this.sending = false;
    this.timer = setInterval(() => void this.send().catch(() => {}), EVERY_MS); // kept for the next time
  }

  /** @param {string} kind @param {string} value */
  mark(kind, value) {
    this.ring.add(kind, value);
  }

  /** Send what was not sent yet. Rejects when the server can't be asked. */
  async send() {
    const marks = this.ring.fresh(LIMIT.MARKS);
    if (this.sending || marks.length === 0) return;
    this.sending = true;
    try {
      await this.ask(ASK.DIAGNOSTICS_SEND, { marks });
      this.ring.sent(marks.length);
    } finally {
      this.sending = false;
    }
  }

  stop() {
    clearInterval(this.timer);
  }
}
