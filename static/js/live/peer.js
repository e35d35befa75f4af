// One call to one person: perfect negotiation as in the W3C WebRTC recommendation, section "Perfect negotiation example". No DOM.
//
// The server says who is polite and numbers the pages (epochs). Only the impolite side adds the two transceivers and makes the
// first offer; the polite side answers on them. So both always have exactly one audio and one video line, whoever speaks first later.
// The connection outlives the signalling socket: nothing here is torn down when the socket is lost.

const CONNECT_MS = 12000;
const DISCONNECTED_MS = 3000;
const ANSWER_MS = 3000;

/**
 * @typedef {"idle"|"connecting"|"connected"|"interrupted"|"failed"} CallState
 * @typedef {{description?: RTCSessionDescriptionInit|null, candidate?: RTCIceCandidateInit|null}} Signal
 */

export class Peer {
  /**
   * @param {{polite: boolean, iceServers: () => Promise<RTCIceServer[]>, policy?: RTCIceTransportPolicy,
   *   send: (signal: Signal) => void, onState: (state: CallState) => void, onStream: (stream: MediaStream) => void,
   *   onData: (text: string) => void}} parts `iceServers` fetches fresh servers and credentials every time it is called
   */
  constructor({ polite, iceServers, policy = "all", send, onState, onStream, onData }) {
    this.polite = polite;
    this.iceServers = iceServers;
    this.policy = policy;
    this.send = send;
    this.onState = onState;
    this.onStream = onStream;
    this.onData = onData;
    /** @type {RTCPeerConnection|null} */
    this.pc = null;
    /** @type {RTCDataChannel|null} */
    this.channel = null;
    /** @type {{audio: MediaStreamTrack|null, video: MediaStreamTrack|null}} what we send, kept over rebuilds */
    this.tracks = { audio: null, video: null };
    this.state = /** @type {CallState} */ ("idle");
    this.generation = 0;
    this.restarts = 0;
    /** @type {Signal[]} signals that came while the connection was being made */
    this.waiting = [];
  }

  /** Begin with a new page of the other person. Whatever was before is closed. */
  async start() {
    this.stop();
    const generation = (this.generation += 1);
    this.#setState("connecting");
    let servers = /** @type {RTCIceServer[]} */ ([]);
    try {
      servers = await this.iceServers();
    } catch {
      // Without servers a direct connection may still succeed; a later restart asks again.
    }
    if (generation !== this.generation) return;
    const pc = new RTCPeerConnection({ iceServers: servers, iceTransportPolicy: this.policy });
    this.pc = pc;
    this.makingOffer = false;
    this.ignoreOffer = false;
    this.answerPending = false;
    /** @type {RTCIceCandidateInit[]} */
    this.candidates = [];
    this.remote = new MediaStream();
    this.onStream(this.remote);
    pc.onicecandidate = ({ candidate }) => this.send({ candidate: candidate ? candidate.toJSON() : null });
    pc.onnegotiationneeded = () => this.#offer(pc);
    pc.ontrack = ({ track }) => this.remote?.addTrack(track);
    pc.onconnectionstatechange = () => this.#connectionChanged(pc);
    pc.oniceconnectionstatechange = () => this.#connectionChanged(pc);
    if (!this.polite) {
      pc.addTransceiver("audio", { direction: "sendrecv" });
      pc.addTransceiver("video", { direction: "sendrecv" });
      this.#openChannel(pc);
      await this.#useTracks(pc);
    }
    this.#watchConnecting();
    const waiting = this.waiting;
    this.waiting = [];
    for (const signal of waiting) await this.receive(signal);
  }

  /** End the call. */
  stop() {
    this.generation += 1;
    clearTimeout(this.connectTimer);
    clearTimeout(this.brokenTimer);
    clearTimeout(this.answerTimer);
    this.channel?.close();
    this.channel = null;
    this.pc?.close();
    this.pc = null;
    this.waiting = [];
    this.#setState("idle");
  }

  /** A signal of the other page, already known to be of the right epoch. @param {Signal} signal */
  async receive(signal) {
    const pc = this.pc;
    if (!pc) {
      this.waiting.push(signal);
      return;
    }
    if (signal.description) {
      await this.#describe(pc, signal.description);
    } else if (signal.candidate) {
      if (pc.remoteDescription) await this.#addCandidate(pc, signal.candidate);
      else this.candidates?.push(signal.candidate);
    }
  }

  /** Send this track from now on, or nothing. @param {"audio"|"video"} kind @param {MediaStreamTrack|null} track */
  async setTrack(kind, track) {
    this.tracks[kind] = track;
    if (this.pc) await this.#useTracks(this.pc);
  }

  /** The sender of one kind, once negotiated. @param {"audio"|"video"} kind */
  sender(kind) {
    return this.#transceiver(this.pc, kind)?.sender ?? null;
  }

  /** Send text over the data channel. @param {string} text @returns {boolean} false when it is not open */
  sendData(text) {
    if (this.channel?.readyState !== "open" || this.channel.bufferedAmount > 65536) return false;
    this.channel.send(text);
    return true;
  }

  /** The signalling is back: say again what may have been lost meanwhile. */
  async resume() {
    const pc = this.pc;
    if (!pc || this.state === "connected") return;
    if (pc.signalingState === "have-local-offer") this.#sayOffer(pc);
    else await this.restart();
  }

  /** Find a new way to the other browser, with fresh credentials. The tracks stay. */
  async restart() {
    const pc = this.pc;
    if (!pc) return;
    this.restarts += 1;
    try {
      pc.setConfiguration({ iceServers: await this.iceServers(), iceTransportPolicy: this.policy });
    } catch {
      // The server can't be asked now; the old servers may still do.
    }
    if (pc === this.pc && pc.signalingState === "have-local-offer") this.#sayOffer(pc);
    else if (pc === this.pc && pc.signalingState !== "closed") pc.restartIce();
    this.#watchConnecting();
  }

  /** @param {RTCPeerConnection} pc */
  async #offer(pc) {
    try {
      this.makingOffer = true;
      await pc.setLocalDescription();
      this.#sayOffer(pc);
    } catch (error) {
      if (pc === this.pc) throw error;
    } finally {
      this.makingOffer = false;
    }
  }

  /**
   * Send the standing offer until it is answered: signals pass through channels that may lose one, and an ICE restart
   * waits for ever behind an offer that nobody heard. The other side answers a repeated offer again, which does no harm.
   * @param {RTCPeerConnection} pc
   */
  #sayOffer(pc) {
    clearTimeout(this.answerTimer);
    if (pc !== this.pc || pc.signalingState !== "have-local-offer") return;
    this.send({ description: pc.localDescription });
    this.answerTimer = setTimeout(() => this.#sayOffer(pc), ANSWER_MS);
  }

  /** @param {RTCPeerConnection} pc @param {RTCSessionDescriptionInit} description */
  async #describe(pc, description) {
    const readyForOffer = !this.makingOffer && (pc.signalingState === "stable" || this.answerPending);
    const collision = description.type === "offer" && !readyForOffer;
    this.ignoreOffer = !this.polite && collision;
    if (this.ignoreOffer) return;
    if (description.type === "answer" && pc.signalingState !== "have-local-offer") return; // said twice after a lost socket
    this.answerPending = description.type === "answer";
    try {
      await pc.setRemoteDescription(description);
    } finally {
      this.answerPending = false;
    }
    for (const candidate of this.candidates?.splice(0) ?? []) await this.#addCandidate(pc, candidate);
    if (description.type !== "offer") return;
    if (this.polite && !this.channel) {
      for (const transceiver of pc.getTransceivers()) transceiver.direction = "sendrecv";
      await this.#useTracks(pc);
      this.#openChannel(pc);
    }
    await pc.setLocalDescription();
    if (pc === this.pc) this.send({ description: pc.localDescription });
  }

  /** @param {RTCPeerConnection} pc @param {RTCIceCandidateInit} candidate */
  async #addCandidate(pc, candidate) {
    try {
      await pc.addIceCandidate(candidate);
    } catch (error) {
      // A candidate of an offer we ignored, or of a negotiation that a restart has replaced, is of no use and no harm.
      if (!this.ignoreOffer && pc === this.pc) console.debug("candidate not used", error);
    }
  }

  /** @param {RTCPeerConnection} pc */
  #openChannel(pc) {
    this.channel = pc.createDataChannel("ink", { negotiated: true, id: 1 });
    this.channel.onmessage = ({ data }) => {
      if (typeof data === "string" && data.length < 8192) this.onData(data);
    };
  }

  /** @param {RTCPeerConnection|null} pc @param {"audio"|"video"} kind */
  #transceiver(pc, kind) {
    return pc?.getTransceivers().find((one) => one.receiver.track.kind === kind) ?? null;
  }

  /** @param {RTCPeerConnection} pc */
  async #useTracks(pc) {
    for (const kind of /** @type {const} */ (["audio", "video"])) {
      const sender = this.#transceiver(pc, kind)?.sender;
      if (sender && sender.track !== this.tracks[kind]) await sender.replaceTrack(this.tracks[kind]);
    }
  }

  #watchConnecting() {
    clearTimeout(this.connectTimer);
    // Without any candidate a connection stays "new" for ever and never fails by itself.
    this.connectTimer = setTimeout(() => {
      if (this.state !== "connected") {
        this.#setState("failed");
        void this.restart();
      }
    }, CONNECT_MS);
  }

  /** @param {RTCPeerConnection} pc */
  #connectionChanged(pc) {
    if (pc !== this.pc) return;
    const state = pc.connectionState ?? pc.iceConnectionState;
    clearTimeout(this.brokenTimer);
    if (state === "connected") {
      clearTimeout(this.connectTimer);
      this.restarts = 0;
      this.#setState("connected");
    } else if (state === "disconnected") {
      // Most breaks heal within three seconds; only then is it worth a word and a new way.
      this.brokenTimer = setTimeout(() => {
        this.#setState("interrupted");
        void this.restart();
      }, DISCONNECTED_MS);
    } else if (state === "failed") {
      this.#setState("interrupted");
      void this.restart();
    }
  }

  /** @param {CallState} state */
  #setState(state) {
    if (this.state === state) return;
    this.state = state;
    this.onState(state);
  }
}
