// Notices within three seconds that nothing comes from the other browser any more: a connection itself takes five to say so.
// No DOM.

const BEAT_MS = 800;
const SILENT_MS = 1500;
/** Between two looks at what has arrived; a silent voice still sends a packet every 400 ms. */
const LOOK_MS = 500;

/** What a beat is on the data channel. */
export const BEAT = ".";

export class Pulse {
  /**
   * @param {{send: () => void, received: () => Promise<number>, onSilent: () => void, onHeard: () => void, now?: () => number}} parts
   *   `received` tells how many bytes have arrived so far over the whole connection: a busy line may be late with our beats
   */
  constructor({ send, received, onSilent, onHeard, now = () => performance.now() }) {
    this.send = send;
    this.received = received;
    this.onSilent = onSilent;
    this.onHeard = onHeard;
    this.now = now;
    /** @type {ReturnType<typeof setInterval>|undefined} */
    this.timer = undefined;
    /** @type {number|null} when something was last heard; null before the first beat of the other side */
    this.heardAt = null;
    this.silent = false;
    this.looking = false;
    this.ticked = 0;
  }

  start() {
    this.stop();
    this.ticked = this.now();
    this.timer = setInterval(() => void this.tick(), BEAT_MS);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.heardAt = null;
    this.silent = false;
  }

  /** Something came over the channel. @param {boolean} beat whether it was a beat: an older page of the other one sends none */
  heard(beat) {
    if (beat || this.heardAt !== null) this.heardAt = this.now();
    if (!this.silent) return;
    this.silent = false;
    this.onHeard();
  }

  async tick() {
    const at = this.now();
    // A page that was asleep or busy has heard nothing because it did not listen.
    if (at - this.ticked > 2 * BEAT_MS && this.heardAt !== null) this.heardAt = at;
    this.ticked = at;
    this.send();
    if (this.heardAt === null || this.silent || this.looking || at - this.heardAt < SILENT_MS) return;
    this.looking = true;
    try {
      const before = await this.received();
      await new Promise((done) => setTimeout(done, LOOK_MS));
      const nothing = (await this.received()) === before;
      if (!nothing || this.timer === undefined || this.heardAt === null || this.now() - this.heardAt < SILENT_MS) return;
      this.silent = true;
      this.onSilent();
    } finally {
      this.looking = false;
    }
  }
}

/** Bytes that have arrived over a connection so far, whatever they carry. @param {RTCPeerConnection|null} pc */
export async function bytesReceived(pc) {
  let bytes = 0;
  for (const one of (await pc?.getStats())?.values() ?? []) if (one.type === "transport") bytes += one.bytesReceived ?? 0;
  return bytes;
}
