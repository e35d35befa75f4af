// Offers, answers and candidates of one connection: perfect negotiation as in the W3C WebRTC recommendation, section
// "Perfect negotiation example". No DOM.
//
// Only the impolite side adds the two transceivers and makes the first offer; the polite side answers on them. So both always
// have exactly one audio and one video line, in this order, whoever speaks first later.

import { shapeVoice } from "./voice.js";

const ANSWER_MS = 2000;
const KEPT_CANDIDATES = 60;

/**
 * @typedef {{description?: RTCSessionDescriptionInit|null, candidate?: RTCIceCandidateInit|null, again?: boolean, round?: number}} Signal
 */

export class Negotiation {
  /**
   * @param {{pc: RTCPeerConnection, polite: boolean, send: (signal: Signal) => void, onFirstOffer: () => Promise<void>}} parts
   *   `onFirstOffer` lets the polite side put its tracks on the lines before it answers
   */
  constructor({ pc, polite, send, onFirstOffer }) {
    this.pc = pc;
    this.polite = polite;
    this.send = send;
    this.onFirstOffer = onFirstOffer;
    this.makingOffer = false;
    this.ignoreOffer = false;
    this.answerPending = false;
    this.answered = false;
    /** @type {import("./voice.js").VoiceShape} how our voice is to be packed; takes effect with the next description */
    this.voice = "full";
    /** @type {RTCIceCandidateInit[]} those that came before the description they belong to */
    this.early = [];
    pc.onicecandidate = ({ candidate }) => send({ candidate: candidate ? candidate.toJSON() : null });
    pc.onnegotiationneeded = () => void this.#offer();
  }

  close() {
    clearTimeout(this.timer);
    this.pc.onicecandidate = this.pc.onnegotiationneeded = null;
  }

  /** @param {Signal} signal */
  async receive({ description, candidate, again }) {
    if (description) await this.#describe(description);
    else if (candidate) await this.#candidate(candidate);
    else if (again) this.sayAgain();
  }

  /**
   * Send the standing offer until it is answered: signals pass through channels that may lose one, and an ICE restart
   * waits for ever behind an offer that nobody heard. The other side answers a repeated offer again, which does no harm.
   */
  sayAgain() {
    if (this.pc.signalingState === "have-local-offer") this.send({ description: this.pc.localDescription });
    else if (this.polite && !this.pc.remoteDescription) this.send({ again: true }); // nothing heard yet: ask for the offer
    else return;
    this.#later();
  }

  /** The polite side waits for the first offer, and asks for it when it does not come. */
  expect() {
    this.#later();
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.sayAgain(), ANSWER_MS);
  }

  /** Describe both ends anew without another way between them. @param {import("./voice.js").VoiceShape} voice */
  async shape(voice) {
    if (this.voice === voice) return;
    this.voice = voice;
    if (this.pc.signalingState === "stable" && this.pc.remoteDescription) await this.#offer();
  }

  async #offer() {
    const { pc } = this;
    if (this.makingOffer || (this.polite && !pc.remoteDescription)) return; // the first word is the other side's
    try {
      this.makingOffer = true;
      await pc.setLocalDescription();
      if (pc.signalingState === "have-local-offer") this.sayAgain();
    } catch (error) {
      if (pc.signalingState !== "closed") throw error;
    } finally {
      this.makingOffer = false;
    }
  }

  /** @param {RTCSessionDescriptionInit} description */
  async #describe(description) {
    const { pc } = this;
    const readyForOffer = !this.makingOffer && (pc.signalingState === "stable" || this.answerPending);
    const collision = description.type === "offer" && !readyForOffer;
    this.ignoreOffer = !this.polite && collision;
    if (this.ignoreOffer) return;
    if (description.type === "answer" && pc.signalingState !== "have-local-offer") return; // said twice after a lost socket
    this.answerPending = description.type === "answer";
    try {
      await pc.setRemoteDescription({ type: description.type, sdp: shapeVoice(description.sdp ?? "", this.voice) });
    } finally {
      this.answerPending = false;
    }
    for (const candidate of this.early.splice(0)) await this.#candidate(candidate);
    if (description.type !== "offer") return;
    if (!this.answered) {
      this.answered = true;
      await this.onFirstOffer();
    }
    await pc.setLocalDescription();
    this.send({ description: pc.localDescription });
  }

  /** @param {RTCIceCandidateInit} candidate */
  async #candidate(candidate) {
    const { pc } = this;
    try {
      if (!pc.remoteDescription) throw new Error("early");
      await pc.addIceCandidate(candidate);
    } catch {
      // It is of an offer that we ignored; or it overtook its description and is tried again with the next one.
      if (!this.ignoreOffer && !this.#known(candidate) && this.early.length < KEPT_CANDIDATES) this.early.push(candidate);
    }
  }

  /** Whether a candidate is of the description that stands. @param {RTCIceCandidateInit} candidate */
  #known({ usernameFragment }) {
    const sdp = this.pc.remoteDescription?.sdp;
    return Boolean(sdp && usernameFragment && sdp.includes(`a=ice-ufrag:${usernameFragment}\r\n`));
  }
}
