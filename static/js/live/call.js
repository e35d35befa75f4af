// The call of this room: our seat's epoch and the other's, their signals, our tracks. No DOM.

import { Peer } from "./peer.js";
import { ASK, TELL } from "./protocol.js";
import { on } from "./line.js";

/**
 * @typedef {{ask: (event: string, data?: object) => Promise<any>, epoch: number}} Line
 */

export class Call {
  /**
   * @param {{line: Line, iceUrl: string, policy: RTCIceTransportPolicy, onState: (state: import("./peer.js").CallState) => void,
   *   onStream: (stream: MediaStream) => void, onData: (text: string) => void, onPeer: (here: boolean, onPurpose: boolean) => void}} parts
   */
  constructor({ line, iceUrl, policy, onState, onStream, onData, onPeer }) {
    this.line = line;
    this.onPeer = onPeer;
    /** @type {number|null} the other page's epoch */
    this.other = null;
    /** @type {Promise<unknown>} signals go out one after the other, so that a candidate never overtakes its offer */
    this.outgoing = Promise.resolve();
    this.peer = new Peer({
      polite: false,
      policy,
      iceServers: async () => {
        const answer = await fetch(iceUrl, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(`ice ${answer.status}`);
        return (await answer.json()).ice_servers;
      },
      send: (signal) => this.#send(signal),
      onState,
      onStream,
      onData,
    });
    on(TELL.PEER_ENTERED, ({ epoch }) => this.#meet(epoch));
    on(TELL.PEER_LEFT, ({ epoch, on_purpose: onPurpose }) => this.#part(epoch, onPurpose));
    on(TELL.SIGNAL_RELAYED, ({ from, to, ...signal }) => {
      if (to !== this.line.epoch || from < (this.other ?? 0)) return; // of an older page, theirs or ours
      this.#meet(from);
      this.peer.receive(signal).catch((error) => console.warn("signal", error));
    });
  }

  /** We sit (again). @param {import("./seat.js").Joined} joined */
  joined(joined) {
    this.peer.polite = joined.polite;
    if (!joined.peer) return;
    if (joined.peer.epoch === this.other) {
      this.onPeer(true, false);
      this.peer.resume().catch((error) => console.warn("resume", error));
    } else this.#meet(joined.peer.epoch);
  }

  stop() {
    this.other = null;
    this.peer.stop();
  }

  /** @param {number} epoch */
  #meet(epoch) {
    if (this.other !== null && epoch <= this.other) {
      if (epoch === this.other) this.onPeer(true, false);
      return;
    }
    this.other = epoch;
    this.onPeer(true, false);
    this.peer.start().catch((error) => console.warn("call", error));
  }

  /** @param {number} epoch @param {boolean} onPurpose */
  #part(epoch, onPurpose) {
    if (epoch !== this.other) return;
    // A lost socket is not a lost call: the media goes on. Only who leaves on purpose ends it.
    if (onPurpose) this.peer.stop();
    this.onPeer(false, onPurpose);
  }

  /** @param {import("./peer.js").Signal} signal */
  #send(signal) {
    const to = this.other;
    this.outgoing = this.outgoing
      .then(() => (to === this.other ? this.line.ask(ASK.SIGNAL_SEND, { to, ...plain(signal) }) : undefined))
      .catch(() => {}); // lost with the socket: resume() says what still matters
  }
}

/** @param {import("./peer.js").Signal} signal */
function plain({ description, candidate }) {
  return description ? { description: { type: description.type, sdp: description.sdp } } : { candidate: candidate ?? null };
}
