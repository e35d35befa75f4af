// What the room says about its lines: one word in the top line, and a banner while something is wrong. No DOM in `describe`.

import { fill } from "./announce.js";

/**
 * @typedef {{lineUp: boolean, downSeconds: number, everUp: boolean, call: import("./peer.js").CallState, failed: boolean, here: boolean,
 *   flows: boolean, everMet: boolean, leftOnPurpose: boolean, goneSeconds: number, soundBlocked: boolean, lowData: boolean,
 *   quality: {word: string, relayed: boolean|null, kBps: number}|null}} Lines
 * @typedef {{net: string, tone: "good"|"fair"|"bad"|"wait", banner: {lead: string, more: string}|null}} Told
 */

const GONE_AFTER_SECONDS = 20;

/** @param {Lines} lines @param {Record<string, string>} words @param {string} name @returns {Told} */
export function describe(lines, words, name) {
  const say = (/** @type {string} */ key, /** @type {object} */ more = {}) => fill(words[key], { name, ...more });
  const banner = trouble(lines, say);
  if (dropped(lines)) return { net: say(lines.goneSeconds < GONE_AFTER_SECONDS ? "interrupted" : "waiting"), tone: "bad", banner };
  if (lines.call === "connected") {
    if (lines.lowData && lines.quality) return { net: say("low_data", { rate: lines.quality.kBps.toFixed(1) }), tone: "good", banner };
    const word = lines.quality?.word ?? "good";
    if (word !== "good") return { net: say(word), tone: word === "fair" ? "fair" : "bad", banner };
    const relayed = lines.quality?.relayed;
    return { net: say(relayed == null ? "good" : relayed ? "good_relay" : "good_direct"), tone: "good", banner };
  }
  if (!lines.here) return { net: say("waiting"), tone: "wait", banner };
  if (lines.call === "interrupted") return { net: say("interrupted"), tone: "bad", banner };
  if (lines.failed) return { net: say("failed"), tone: "bad", banner };
  return { net: say("connecting"), tone: "wait", banner };
}

/** @param {Lines} lines @param {(key: string, more?: object) => string} say */
function trouble(lines, say) {
  if (!lines.lineUp && lines.everUp && lines.downSeconds >= 1) {
    const still = lines.call === "connected" ? "banner_socket_still" : "banner_socket_alone";
    return { lead: say("banner_socket", { seconds: lines.downSeconds }), more: say(still) };
  }
  if (lines.soundBlocked && lines.call === "connected") return { lead: say("banner_sound"), more: "" };
  if (dropped(lines)) return lines.goneSeconds < GONE_AFTER_SECONDS ? { lead: say("banner_peer"), more: say("banner_peer_more") } : null;
  if (lines.call === "interrupted") return { lead: say("banner_media"), more: say("banner_media_more") };
  if (lines.failed && lines.here) return { lead: say("banner_failed"), more: say("banner_failed_more") };
  return null;
}

/** The other's page is gone without a word: its socket has closed, and nothing comes from it any more. @param {Lines} lines */
function dropped({ here, everMet, leftOnPurpose, goneSeconds, flows }) {
  return !here && everMet && !leftOnPurpose && goneSeconds >= 1 && !flows;
}

/** Shows what `describe` says. */
export class StatusLine {
  /** @param {{root: ParentNode, words: Record<string, string>, name: string}} parts */
  constructor({ root, words, name }) {
    this.words = words;
    this.name = name;
    this.net = /** @type {HTMLElement} */ (root.querySelector("[data-net]"));
    this.word = /** @type {HTMLElement} */ (root.querySelector("[data-net-word]"));
    this.banner = /** @type {HTMLElement} */ (root.querySelector("[data-banner]"));
  }

  /** @param {Lines} lines */
  show(lines) {
    const told = describe(lines, this.words, this.name);
    this.net.dataset.tone = told.tone;
    const relayed = lines.quality?.relayed;
    this.net.dataset.path = relayed == null ? "" : relayed ? "relay" : "direct";
    set(this.word, told.net);
    this.banner.hidden = told.banner === null;
    if (told.banner) {
      set(this.banner.querySelector("[data-banner-lead]"), told.banner.lead);
      set(this.banner.querySelector("[data-banner-more]"), told.banner.more);
    }
  }
}

/** Change text only when it is other text: a screen reader reads every change. @param {Element|null} place @param {string} text */
function set(place, text) {
  if (place && place.textContent !== text) place.textContent = text;
}
