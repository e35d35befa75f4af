// The own steps on their way to the log. What the server will never take is dropped, and said.

import { Outbox } from "./journal.js";
import { Refused } from "./line.js";
import { ASK, LIMIT } from "./protocol.js";
import { Shelf } from "./shelf.js";

const NEVER = new Set(["bad_payload", "board_operation_invalid"]);

/** @typedef {{client_id: string, op: any}} Step */

/**
 * @param {{seat: import("./seat.js").Seat, facts: {session: string, me: string, ends: number}, onWritten: (step: Step, answer: {seq: number, at?: number}) => void,
 *   onRefused: (step: Step, answer: import("./journal.js").Answer) => void, onChange: (waiting: number) => void}} parts
 * @returns {Outbox<Step>}
 */
export function boardOutbox({ seat, facts, onWritten, onRefused, onChange }) {
  return new Outbox({
    shelf: new Shelf({ box: `board ${facts.session} ${facts.me}`, ends: facts.ends }),
    batch: LIMIT.OPERATIONS_PER_COMMIT,
    room: LIMIT.COMMIT_BYTES - 4096,
    size: (item) => JSON.stringify(item).length,
    send: async (steps) => {
      try {
        return (await seat.ask(ASK.BOARD_COMMIT, { steps })).answers;
      } catch (error) {
        // What can never be written must not stand before what can.
        if (error instanceof Refused && NEVER.has(error.code)) {
          return steps.map(({ client_id }) => ({ client_id, code: error.code, message: error.message }));
        }
        throw error;
      }
    },
    onAnswer: (step, answer) => {
      if (answer.seq) onWritten(step, { seq: answer.seq, at: answer.at });
      else onRefused(step, answer);
    },
    onChange,
  });
}
