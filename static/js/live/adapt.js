// What we send follows the line: the ladder's rung is put on the senders, and told in words on both sides. No DOM but the still's.

import { Ladder, moves, rank, sounds } from "./ladder.js";
import { Stills } from "./still.js";
import { pictureWish, tune, voiceWish } from "./tune.js";

/** What the other side told about our media counts for so long: two reports that do not come say that the line has changed. */
const REPORT_SECONDS = 1.2;
/** Where most of what should come here is lost, one report that does not come says it: a picture is not worth the second that two take. */
const COLLAPSED_SECONDS = 0.7;
/** With readings twice a second; who saves data reports every three seconds. */
const REPORT_EVERY = { usual: 1, low: 6 };
const COLLAPSE = 0.4;
const ARRIVED = { loss: 0.02, rtt: 0.4 };
/** After an outage the browser's figures are those of the outage for so long. */
const OUTAGE_SECONDS = 5;
const PACE_MS = { usual: 0, weak: 120 };
/** @typedef {import("./ladder.js").Rung} Rung */
/** @param {Rung} rung whether the voice is packed as thin as it can be */
const plain = (rung) => rank(rung) >= rank("thin");
/** @typedef {{audio: MediaStreamTrack|null, camera: MediaStreamTrack|null, screen: MediaStreamTrack|null}} Own */

export class Adapt {
  /**
   * @param {{peer: import("./peer.js").Peer, onChange: () => void, onTell: (key: string, ours: boolean) => void,
   *   trace?: (kind: string, value: string) => void, now?: () => number}} parts
   *   `onChange` when something else is sent than before; `onTell` gives the key of a sentence about our line or theirs
   */
  constructor({ peer, onChange, onTell, trace = () => {}, now = () => performance.now() / 1000 }) {
    this.peer = peer;
    this.onChange = onChange;
    this.onTell = onTell;
    this.trace = trace;
    this.now = now;
    this.ladder = new Ladder();
    this.stills = new Stills({ send: (piece) => peer.channels.sendStill(piece) });
    /** @type {{loss: number|null, concealed: number|null, at: number}|null} how our media arrives, as the other side told */
    this.told = null;
    /** @type {Rung} what the other side sends */
    this.theirs = "medium";
    this.low = false;
    this.round = 0;
    this.outageUntil = -Infinity;
  }

  /** @returns {Rung} */
  get rung() {
    return this.ladder.rung;
  }

  /** One of the two wants to save data: no picture, a plain voice. @param {boolean} low */
  setLow(low) {
    if (low === this.low) return;
    this.low = low;
    this.ladder.limit(low ? "thin" : "high");
    this.#changed("low data");
  }

  /** No way carried everything: sound alone from here. It climbs back by itself. */
  voiceOnly() {
    if (this.ladder.fall("voice", this.now())) this.#changed("voice only");
  }

  /** @param {import("./quality.js").Reading} reading of our end */
  feel(reading) {
    const at = this.now();
    // Nothing at all arrives: that is no weak line but none, and what is sent hardly matters until it is back.
    if (reading.kbps === 0) this.outageUntil = at + OUTAGE_SECONDS;
    if (at < this.outageUntil) return;
    const before = this.rung;
    const collapsed = (reading.loss ?? 0) > COLLAPSE;
    const believed = collapsed && moves(before) ? COLLAPSED_SECONDS : REPORT_SECONDS * (this.low ? REPORT_EVERY.low : 1);
    const told = this.told && at - this.told.at < believed ? this.told : null;
    const { lossOut, rtt, stuck, cpu } = reading;
    // Plain sound goes unmeasured by the browser: its guess is of another time.
    const capacity = plain(before) ? null : reading.capacity;
    // Where no report comes and most of what should come here is lost, the way there is no better.
    const collapse = collapsed ? reading.loss : lossOut;
    const concealed = inventedByLine(told, reading);
    if (this.ladder.feel({ at, capacity, loss: told?.loss ?? collapse, concealed, rtt, stuck, cpu, unheard: told === null })) {
      this.#changed(`capacity ${Math.round(capacity ?? -1)} loss ${(told?.loss ?? lossOut ?? 0).toFixed(2)} concealed ${(told?.concealed ?? 0).toFixed(2)} rtt ${(rtt ?? 0).toFixed(2)}`);
      const word = sentence(before, this.rung);
      if (word && !this.low) this.onTell(word, true);
    }
    this.round += 1;
    if (this.round % (this.low ? REPORT_EVERY.low : REPORT_EVERY.usual) === 0) this.#report(reading);
  }

  /** @param {string} text what the other side says of what it hears and sends: trusted for nothing */
  hear(text) {
    const share = (/** @type {unknown} */ one) => (typeof one === "number" && one >= 0 && one <= 1 ? one : null);
    let raw;
    try {
      raw = JSON.parse(text);
    } catch {
      return;
    }
    if (typeof raw !== "object" || raw === null) return;
    this.told = { loss: share(raw.loss), concealed: share(raw.concealed), at: this.now() };
    const before = this.theirs;
    if (rank(raw.rung) < 0 || raw.rung === before) return;
    this.theirs = raw.rung;
    const word = sentence(before, this.theirs);
    if (word && !this.low && raw.low !== true) this.onTell(`peer_${word}`, false);
  }

  /** Put on the senders what this rung sends. @param {Own} own @param {boolean} toNobody the picture is not wanted */
  apply({ audio, camera, screen }, toNobody) {
    const { peer, rung } = this;
    const picture = toNobody ? null : (screen ?? camera);
    const use = screen ? "screen" : "camera";
    void peer.sends.set("audio", sounds(rung) ? audio : null);
    void peer.sends.set("video", moves(rung) ? picture : null);
    peer.sends.setMoves(moves(rung));
    peer.channels.paceMs = moves(rung) ? PACE_MS.usual : PACE_MS.weak;
    void peer.setVoice(plain(rung) ? "thin" : "full").catch(() => {}); // closed meanwhile: the next one knows
    this.stills.run(rung === "still" ? picture : null, use);
    void tune(peer.sends.sender("audio"), voiceWish(rung));
    void tune(peer.sends.sender("video"), pictureWish(rung, use));
    if (use === "camera") void capture(camera, rung === "high");
  }

  close() {
    this.stills.run(null, "camera");
  }

  /** @param {string} why */
  #changed(why) {
    this.trace("rung", `${this.rung}: ${why}`);
    this.onChange();
    this.round = -1; // the other side hears of it with the next reading
  }

  /** @param {import("./quality.js").Reading} reading */
  #report({ loss, concealed }) {
    const round = (/** @type {number|null} */ share) => (share === null ? null : Math.round(share * 1000) / 1000);
    this.peer.channels.sendReport(JSON.stringify({ loss: round(loss), concealed: round(concealed), rung: this.rung, low: this.low }));
  }
}

/**
 * The share of our sound that the other side had to invent because of the line; null when every packet came, and in time: then the
 * track was being changed or a device is busy, and sending less would not help.
 * @param {{loss: number|null, concealed: number|null}|null} told @param {{lossOut: number|null, rtt: number|null, stuck: boolean}} ours
 */
export function inventedByLine(told, { lossOut, rtt, stuck }) {
  if (told === null) return null;
  const arrived = told.loss !== null && told.loss < ARRIVED.loss && (lossOut ?? 0) < ARRIVED.loss && (rtt ?? 0) < ARRIVED.rtt && !stuck;
  return arrived ? null : told.concealed;
}

/** The key of what is said about a step, or nothing where nobody misses anything. @param {Rung} from @param {Rung} to */
export function sentence(from, to) {
  if (rank(to) > rank(from)) {
    if (to === "board") return "line_board";
    if (to === "thin") return moves(from) || from === "still" ? "line_voice" : "line_thin";
    if (to === "voice") return "line_voice";
    return to === "still" ? "line_still" : to === "small" ? "line_small" : "";
  }
  if (from === "board") return "line_sound_back";
  return moves(to) && !moves(from) ? "line_video_back" : "";
}

/** The height that each camera was last asked for: its constraints show it only when it has obeyed. @type {WeakMap<MediaStreamTrack, number>} */
const heights = new WeakMap();

/** The camera gives as much as is sent: a large picture costs a phone its battery. @param {MediaStreamTrack|null} camera @param {boolean} large */
async function capture(camera, large) {
  const height = large ? 720 : 360;
  if (!camera || (heights.get(camera) ?? /** @type {any} */ (camera.getConstraints().height)?.ideal) === height) return;
  heights.set(camera, height);
  const wish = { width: { ideal: (height * 16) / 9 }, height: { ideal: height }, frameRate: { ideal: 24, max: 30 } };
  await camera.applyConstraints(wish).catch(() => {}); // it gives what it can
}
