// What goes between the two browsers beside sound and picture: ink, stills, reports, beats. No DOM.

import { BEAT } from "./pulse.js";

const TEXT_CHARS = 8192;
const REPORT_CHARS = 1024;
const BEAT_BYTES = 64;
/** A piece of a picture takes a weak line for a fifth of a second: while somebody draws, it comes only so often. */
const DRAWS_MS = 500;
const PIECE_MS = 2000;
/** A pointer needs less of a weak line than ink: so many times the pace. */
const POINTER_PACES = 2.5;
/** What waits so long in front of the line says that it stands still. */
const STANDS_MS = 1000;

export class Channels {
  /** @param {{onText: (text: string) => void, onOpen: () => void, onHeard: (beat: boolean) => void}} parts */
  constructor({ onText, onOpen, onHeard }) {
    this.onText = onText;
    this.onOpen = onOpen;
    this.onHeard = onHeard;
    /** @type {(piece: ArrayBuffer) => void} */
    this.onStill = () => {};
    /** @type {(text: string) => void} */
    this.onReport = () => {};
    /** @type {RTCDataChannel|null} ink and pointers: each is replaced by the next, so nothing is repeated or put in order */
    this.room = null;
    /** @type {RTCDataChannel|null} */
    this.still = null;
    /** @type {RTCDataChannel|null} what the two say of the line: never waited for */
    this.report = null;
    /** Milliseconds between two texts; more on a weak line, where each costs its headers. */
    this.paceMs = 0;
    this.passedAt = -Infinity;
    /** @type {Map<string, number>} when a text of each lane went last */
    this.passed = new Map();
    this.pieceAt = -Infinity;
  }

  /** Both sides make them with numbers agreed on, so that they are there as soon as the call is. @param {RTCPeerConnection} pc */
  open(pc) {
    const agreed = (/** @type {number} */ id, /** @type {RTCPriorityType} */ priority) => /** @type {RTCDataChannelInit} */ ({ negotiated: true, id, priority });
    const lossy = { ordered: false, maxRetransmits: 0 };
    this.room = pc.createDataChannel("room", { ...agreed(1, "high"), ...lossy });
    this.room.onopen = () => this.onOpen();
    this.room.onmessage = ({ data }) => {
      this.onHeard(data === BEAT);
      if (data !== BEAT && typeof data === "string" && data.length < TEXT_CHARS) this.onText(data);
    };
    this.still = pc.createDataChannel("still", agreed(2, "very-low"));
    this.still.binaryType = "arraybuffer";
    this.still.onmessage = ({ data }) => this.onStill(data);
    this.report = pc.createDataChannel("report", { ...agreed(3, "medium"), ...lossy });
    this.report.onmessage = ({ data }) => typeof data === "string" && data.length < REPORT_CHARS && this.onReport(data);
  }

  close() {
    for (const channel of [this.room, this.still, this.report]) channel?.close();
    this.room = this.still = this.report = null;
    this.passedAt = -Infinity;
    this.passed.clear();
  }

  /** Bytes of ink that wait in front of the line. */
  get waiting() {
    return this.room?.bufferedAmount ?? 0;
  }

  /**
   * Send text that the next one replaces: it may be lost, and is never sent late. @param {string} text
   * @param {"ink"|"pointer"|"text"} [lane] what is paced together: ink does not wait for a pointer that went before it
   * @param {boolean} [last] no other follows that would bring it too: it waits for no pace
   * @returns {boolean|null} null while it shall wait for the next one; false when the channel is not open or has stood still for long
   */
  sendText(text, lane = "text", last = false) {
    if (this.room?.readyState !== "open") return false;
    const now = performance.now();
    if (this.waiting > 0) return now - this.passedAt > STANDS_MS ? false : null;
    const pace = this.paceMs * (lane === "pointer" ? POINTER_PACES : 1);
    if (!last && now - (this.passed.get(lane) ?? -Infinity) < pace) return null;
    this.passed.set(lane, now);
    this.passedAt = now;
    this.room.send(text);
    return true;
  }

  beat() {
    if (this.room?.readyState === "open" && this.waiting < BEAT_BYTES) this.room.send(BEAT);
  }

  /** Say how the line is; lost when the line is. @param {string} text */
  sendReport(text) {
    if (this.report?.readyState === "open" && this.report.bufferedAmount === 0) this.report.send(text);
  }

  /** Send a piece of a still picture, when nothing else waits. @param {Uint8Array} piece @returns {boolean} */
  sendStill(piece) {
    if (this.still?.readyState !== "open" || this.still.bufferedAmount > 0 || this.waiting > 0) return false;
    const now = performance.now();
    if (now - this.passedAt < DRAWS_MS && now - this.pieceAt < PIECE_MS) return false;
    this.pieceAt = now;
    this.still.send(/** @type {Uint8Array<ArrayBuffer>} */ (piece));
    return true;
  }
}
