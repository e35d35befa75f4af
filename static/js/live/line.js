// The page's socket as the room needs it: answers that can fail, and never a queue in front of a lost connection.

import { on, release, request, socket, tell } from "../core/socket.js";

export { on, release, tell };

/** A refusal of the server, with its code. */
export class Refused extends Error {
  /** @param {{code?: string, message?: string}} answer */
  constructor(answer) {
    super(answer.message ?? "");
    this.name = "Refused";
    this.code = answer.code ?? "refused";
  }
}

/**
 * Ask and wait. Rejects with Refused, or with an Error when the line is down or silent.
 * @param {string} event @param {object} data @param {number} [milliseconds]
 */
export async function ask(event, data, milliseconds) {
  const connection = await socket();
  // What the library would keep for later arrives before we sit again and is refused; better to know now.
  if (!connection.connected) throw new Error("offline");
  const answer = await request(event, data, milliseconds);
  if (answer.ok) return answer;
  if (answer.code === "offline") throw new Error("offline");
  throw new Refused(answer);
}

/** @param {{up: () => void, down: () => void}} parts hear of the connection, also when it is up already */
export async function watchLine({ up, down }) {
  const connection = await socket();
  connection.on("connect", up);
  connection.on("disconnect", down);
  if (connection.connected) up();
}

/** Whether the socket is connected at this moment. */
export async function lineIsUp() {
  return (await socket()).connected;
}
