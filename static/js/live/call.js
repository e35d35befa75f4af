// The call of this room: our seat's epoch and the other's, their signals, our tracks. No DOM.

import { Peer } from "./peer.js";
import { ASK, TELL } from "./protocol.js";
import { on } from "./line.js";

const EARLY_SIGNALS = 40;

/**
 * @typedef {{ask: (event: string, data?: object) => Promise<any>, epoch: number, up: boolean}} Line
 */

export class Call {
  /**
   * @param {{line: Line, iceUrl: string, policy: RTCIceTransportPolicy, onState: (state: import("./peer.js").CallState) => void,
   *   onStream: (stream: MediaStream) => void, onData: (text: string) => void, onPeer: (here: boolean, onPurpose: boolean) => void,
   *   onVoiceOnly?: () => void, onTrace?: (kind: string, value: string) => void}} parts
   */
  constructor({ line, iceUrl, policy, onState, onStream, onData, onPeer, onVoiceOnly, onTrace }) {
    this.line = line;
    this.onPeer = onPeer;
    /** @type {number|null} the other page's epoch */
    this.other = null;
    this.here = false;
    /** @type {any[]} signals that came before we sat */
    this.early = [];
    this.peer = new Peer({
      polite: false,
      policy,
      iceServers: async () => {
        // The page has asked for it while its scripts were on their way: only a plain request finds that answer.
        const answer = await fetch(iceUrl, { signal: AbortSignal.timeout(4000) });
        if (!answer.ok) throw new Error(`ice ${answer.status}`);
        return answer.json();
      },
      send: (signal) => this.#send(signal),
      canTell: () => this.line.up && this.here,
      onState,
      onStream,
      onData,
      onVoiceOnly,
      onTrace,
    });
    void this.peer.access.renew(); // while the seat is taken: the call needs it in a moment
    addEventListener("online", () => this.peer.networkChanged());
    watchNetwork(() => this.peer.networkChanged());
    on(TELL.PEER_ENTERED, ({ epoch }) => {
      this.#meet(epoch);
      this.peer.resume();
    });
    on(TELL.PEER_LEFT, ({ epoch, on_purpose: onPurpose }) => this.#part(epoch, onPurpose));
    on(TELL.SIGNAL_RELAYED, (said) => this.#hear(said));
  }

  /** We sit (again). @param {import("./seat.js").Joined} joined */
  joined(joined) {
    this.peer.polite = joined.polite;
    if (joined.peer) {
      this.#meet(joined.peer.epoch);
      this.peer.resume();
    }
    for (const said of this.early.splice(0)) this.#hear(said);
  }

  stop() {
    this.other = null;
    this.peer.stop();
  }

  /** @param {any} said a signal, from and to which epoch */
  #hear(said) {
    // The other one hears of us before we hear that we sit: an offer may be here before our own number is.
    if (this.line.epoch === 0) {
      if (this.early.length < EARLY_SIGNALS) this.early.push(said);
      return;
    }
    const { from, to, ...signal } = said;
    if (to !== this.line.epoch || from < (this.other ?? 0)) return; // of an older page, theirs or ours
    this.#meet(from);
    this.peer.receive(signal).catch((error) => console.warn("signal", error));
  }

  /** @param {number} epoch */
  #meet(epoch) {
    if (this.other !== null && epoch < this.other) return;
    this.here = true;
    if (epoch === this.other) {
      this.onPeer(true, false);
      return;
    }
    this.other = epoch;
    this.onPeer(true, false);
    this.peer.start().catch((error) => console.warn("call", error));
  }

  /** @param {number} epoch @param {boolean} onPurpose */
  #part(epoch, onPurpose) {
    if (epoch !== this.other) return;
    this.here = false;
    // A lost socket is not a lost call: the media goes on. Only who leaves on purpose ends it.
    if (onPurpose) this.peer.stop();
    this.onPeer(false, onPurpose);
  }

  /** @param {import("./peer.js").Signal} signal */
  #send(signal) {
    // Lost with the socket: resume() says what still matters.
    this.line.ask(ASK.SIGNAL_SEND, { to: this.other, round: signal.round ?? 1, ...plain(signal) }).catch(() => {});
  }
}

/** Wi-Fi to mobile data and back, where the browser tells (Chromium on phones). @param {() => void} onChange */
function watchNetwork(onChange) {
  const connection = /** @type {any} */ (navigator).connection;
  let type = connection?.type;
  connection?.addEventListener?.("change", () => {
    if (connection.type === type) return; // only its guess of the speed
    type = connection.type;
    if (type !== "none") onChange();
  });
}

/** @param {import("./peer.js").Signal} signal */
function plain({ description, candidate, again }) {
  if (again) return { again };
  return description ? { description: { type: description.type, sdp: description.sdp } } : { candidate: candidate ?? null };
}
