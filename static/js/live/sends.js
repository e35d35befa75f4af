// Our sound and our picture on whatever connection there is: always one line for each, sound first. No DOM.

/** @typedef {"audio"|"video"} Kind */
const KINDS = /** @type {const} */ (["audio", "video"]);

export class Sends {
  constructor() {
    /** @type {RTCPeerConnection|null} */
    this.pc = null;
    /** @type {Record<Kind, MediaStreamTrack|null>} what we send, kept over rebuilds */
    this.tracks = { audio: null, video: null };
    this.moves = true;
    /** @type {Map<Kind, RTCPeerConnection>} the changes that are under way */
    this.changing = new Map();
  }

  /** The impolite side makes the two lines. @param {RTCPeerConnection} pc */
  async make(pc) {
    this.pc = pc;
    for (const kind of KINDS) pc.addTransceiver(kind, { direction: this.#direction(kind) });
    await this.#useAll();
  }

  /** The polite side sends on the lines that were offered. @param {RTCPeerConnection} pc */
  async join(pc) {
    this.pc = pc;
    for (const line of pc.getTransceivers()) line.direction = this.#direction(line.receiver.track.kind);
    await this.#useAll();
  }

  /** The connection is gone. The tracks stay for the next one. */
  leave() {
    this.pc = null;
  }

  /** Send this track from now on, or nothing. @param {Kind} kind @param {MediaStreamTrack|null} track */
  async set(kind, track) {
    this.tracks[kind] = track;
    await this.#use(kind);
  }

  /** @param {Kind} kind */
  sender(kind) {
    return this.#line(kind)?.sender ?? null;
  }

  /**
   * Whether a moving picture goes out at all. Without one the picture's line is closed in our direction: else the other browser asks
   * again and again for what was lost of the last pictures, and sound waits behind the answers.
   * @param {boolean} moves
   */
  setMoves(moves) {
    this.moves = moves;
    const line = this.#line("video");
    if (line?.currentDirection && line.direction !== this.#direction("video")) line.direction = this.#direction("video");
  }

  /** @param {Kind} kind */
  #line(kind) {
    return this.pc?.getTransceivers().find((one) => one.receiver.track.kind === kind) ?? null;
  }

  /** @param {string} kind @returns {RTCRtpTransceiverDirection} */
  #direction(kind) {
    return kind === "audio" || this.moves ? "sendrecv" : "recvonly";
  }

  async #useAll() {
    await Promise.all(KINDS.map((kind) => this.#use(kind)));
  }

  /** The last wish wins, however fast they come: one change at a time, until the sender has what is wanted. @param {Kind} kind */
  async #use(kind) {
    const { pc } = this;
    if (!pc || this.changing.get(kind) === pc) return;
    this.changing.set(kind, pc);
    try {
      for (let sender = this.sender(kind); pc === this.pc && sender && sender.track !== this.tracks[kind]; sender = this.sender(kind)) {
        await sender.replaceTrack(this.tracks[kind]);
      }
    } catch (error) {
      console.debug("track not used", error); // the connection was closed meanwhile: the next one takes it
    } finally {
      if (this.changing.get(kind) === pc) this.changing.delete(kind);
    }
  }
}
