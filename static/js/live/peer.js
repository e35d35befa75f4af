// One call to one person: the connection, what goes over it, and the ways to get it back. No DOM.
//
// The server says who is polite and numbers the pages (epochs); between two pages the connections are numbered by `round`, so that
// either side may begin a new one and what is left of the old one is known as such. The connection outlives the signalling
// socket: nothing here is torn down when the socket is lost.

import { Access } from "./access.js";
import { Channels } from "./channels.js";
import { Negotiation } from "./negotiation.js";
import { Pulse, bytesReceived } from "./pulse.js";
import { Recovery } from "./recovery.js";
import { Sends } from "./sends.js";

/** A restart does not wait longer for new credentials: the old ones may still do. */
const RENEW_MS = 1500;

/** @typedef {import("./negotiation.js").Signal} Signal */
/** @typedef {import("./recovery.js").CallState} CallState */

export class Peer {
  /**
   * @param {{polite: boolean, iceServers: () => Promise<import("./access.js").Granted>, policy?: RTCIceTransportPolicy,
   *   send: (signal: Signal) => void, canTell?: () => boolean, onState: (state: CallState) => void,
   *   onStream: (stream: MediaStream) => void, onData: (text: string) => void, onVoiceOnly?: () => void,
   *   onTrace?: (kind: string, value: string) => void}} parts
   *   `iceServers` fetches fresh servers and credentials every time it is called; `onTrace` hears what a diagnosis needs
   */
  constructor({ polite, iceServers, policy = "all", send, canTell = () => true, onState, onStream, onData, onVoiceOnly, onTrace }) {
    this.polite = polite;
    this.policy = policy;
    this.sendSignal = send;
    this.onStream = onStream;
    this.onVoiceOnly = onVoiceOnly ?? (() => {});
    this.trace = onTrace ?? (() => {});
    /** @type {(channel: RTCDataChannel) => void} a channel that the other side opened */
    this.onChannel = (channel) => channel.close();
    this.access = new Access({ fetch: iceServers, onRenewed: () => this.#renewed(), trace: this.trace });
    /** @type {RTCPeerConnection|null} */
    this.pc = null;
    /** @type {Negotiation|null} */
    this.negotiation = null;
    this.channels = new Channels({ onText: onData, onOpen: () => this.pulse.start(), onHeard: (beat) => this.pulse.heard(beat) });
    this.sends = new Sends();
    this.voice = /** @type {import("./voice.js").VoiceShape} */ ("full");
    this.generation = 0;
    this.round = 0;
    /** @type {string} the state of the connection that was last felt */
    this.felt = "new";
    /** @type {Signal[]} signals that came while the connection was being made */
    this.waiting = [];
    this.pulse = new Pulse({
      send: () => this.channels.beat(),
      received: () => bytesReceived(this.pc),
      onSilent: () => {
        this.trace("pulse", "silent");
        this.recovery.silent();
      },
      onHeard: () => {
        this.trace("pulse", "heard");
        if (this.pc?.connectionState === "connected") this.recovery.feel("connected");
      },
    });
    this.recovery = new Recovery({
      onState: (state) => {
        this.trace("call", state);
        onState(state);
      },
      take: (step) => void this.#take(step),
      hasRelay: () => this.access.hasRelay,
      canTell,
      polite: () => this.polite,
      greets: () => this.pc?.connectionState === "connecting" && /^(connected|completed)$/.test(this.pc.iceConnectionState),
    });
  }

  /** @returns {CallState} */
  get state() {
    return this.recovery.state;
  }

  /** Begin with a new page of the other person. Whatever was before is closed. */
  async start() {
    this.stop();
    this.recovery.begin();
    await this.#connect(1, this.policy, false);
  }

  /** End the call. */
  stop() {
    this.#close();
    this.recovery.end();
    this.waiting = [];
    this.round = 0;
  }

  /** A signal of the other page, already known to be of the right epoch. @param {Signal} signal */
  async receive(signal) {
    const round = signal.round ?? 1;
    if (round < this.round) return; // of a connection that is no more
    if (round > this.round && this.round > 0) {
      this.recovery.renewed();
      this.waiting = [signal];
      await this.#connect(round, this.policy, false);
    } else if (!this.negotiation) this.waiting.push(signal);
    else await this.negotiation.receive(signal);
  }

  /**
   * Open a channel of one's own beside the room's, for a file. It closes with the connection; who opened it then opens another.
   * The other side hears of it in `onChannel`. @param {string} label @param {RTCDataChannelInit} [options]
   * @returns {RTCDataChannel|null} null while there is no call
   */
  openChannel(label, options = {}) {
    if (!this.pc || this.state !== "connected") return null;
    return this.pc.createDataChannel(label, /** @type {RTCDataChannelInit} */ ({ priority: "very-low", ...options }));
  }

  /** Pack our voice otherwise. @param {import("./voice.js").VoiceShape} voice */
  async setVoice(voice) {
    this.voice = voice;
    await this.negotiation?.shape(voice);
  }

  /** The signalling is back: say again what may have been lost meanwhile. */
  resume() {
    if (this.state === "connected") return;
    this.negotiation?.sayAgain();
    this.recovery.again();
  }

  /** The device has another network: the old way may be dead without anybody saying so. */
  networkChanged() {
    this.trace("network", "changed");
    this.recovery.again(true);
  }

  /** @param {number} round @param {RTCIceTransportPolicy} policy @param {boolean} ours whether the other side has yet to hear of it */
  async #connect(round, policy, ours) {
    this.#close();
    const generation = this.generation;
    this.round = round;
    this.felt = "new";
    const servers = await this.access.get();
    if (generation !== this.generation) return;
    const pc = new RTCPeerConnection({ iceServers: servers, iceTransportPolicy: policy, bundlePolicy: "max-bundle" });
    this.pc = pc;
    this.trace("round", `${round} ${policy}`);
    const negotiation = new Negotiation({
      pc,
      polite: this.polite,
      send: (signal) => this.sendSignal({ ...signal, round }),
      onFirstOffer: async () => {
        if (!this.polite) return;
        this.channels.open(pc);
        await this.sends.join(pc);
      },
    });
    negotiation.voice = this.voice;
    this.negotiation = negotiation;
    const remote = new MediaStream();
    this.onStream(remote);
    pc.ontrack = ({ track }) => remote.addTrack(track);
    pc.ondatachannel = ({ channel }) => this.onChannel(channel);
    pc.onconnectionstatechange = () => this.#felt(pc);
    pc.oniceconnectionstatechange = () => this.#felt(pc);
    pc.onicecandidateerror = (event) => this.#unreached(pc, event);
    if (this.polite) {
      if (ours) negotiation.sayAgain();
      else negotiation.expect();
    } else {
      const made = this.sends.make(pc);
      this.channels.open(pc);
      await made;
    }
    for (const signal of this.waiting.splice(0)) await this.receive(signal);
  }

  #close() {
    this.generation += 1;
    this.pulse.stop();
    this.negotiation?.close();
    this.negotiation = null;
    this.channels.close();
    this.sends.leave();
    if (this.pc) this.pc.onconnectionstatechange = this.pc.oniceconnectionstatechange = null;
    this.pc?.close();
    this.pc = null;
  }

  /** @param {import("./recovery.js").Step} step */
  async #take(step) {
    this.trace("try", step);
    if (step === "restart") return this.#restart();
    if (step === "voice") this.onVoiceOnly();
    await this.access.renew();
    if (this.state !== "idle") await this.#connect(this.round + 1, step === "relay" ? "relay" : this.policy, true);
  }

  /** Find a new way to the other browser, with fresh credentials. The tracks stay. */
  async #restart() {
    const pc = this.pc;
    const servers = await Promise.race([this.access.renew(), new Promise((done) => setTimeout(() => done(this.access.servers), RENEW_MS))]);
    if (!pc || pc !== this.pc || pc.signalingState === "closed") return;
    pc.setConfiguration({ ...pc.getConfiguration(), iceServers: servers });
    pc.restartIce();
    this.negotiation?.sayAgain(); // a restart waits behind an offer that nobody has answered
  }

  /** Newer credentials are here in the middle of a call: a relayed way is renewed before its own ones end. */
  async #renewed() {
    const pc = this.pc;
    if (!pc || this.state !== "connected") return;
    const iceServers = await this.access.get();
    if (pc !== this.pc) return;
    pc.setConfiguration({ ...pc.getConfiguration(), iceServers });
    const stats = [...(await pc.getStats()).values()];
    const relayed = stats.some(({ type, candidateType, id }) =>
      type === "local-candidate" && candidateType === "relay" && stats.some((pair) => pair.type === "candidate-pair" && pair.nominated && pair.localCandidateId === id));
    if (relayed && pc === this.pc && pc.signalingState === "stable") pc.restartIce();
  }

  /** @param {RTCPeerConnection} pc @param {RTCPeerConnectionIceErrorEvent} event */
  #unreached(pc, { errorCode, url }) {
    this.trace("ice_error", `${errorCode} ${url ?? ""}`);
    if (errorCode !== 401 || pc !== this.pc || !this.access.refused()) return;
    void this.#restart(); // the relay did not know our credentials: their time was over, or its secret is another one
  }

  /** @param {RTCPeerConnection} pc */
  #felt(pc) {
    if (pc !== this.pc) return;
    const state = pc.connectionState ?? pc.iceConnectionState; // an older Firefox knows only the second
    if (state === this.felt) return;
    this.felt = state;
    this.trace("ice", state);
    this.recovery.feel(/** @type {RTCPeerConnectionState} */ (state));
  }
}
