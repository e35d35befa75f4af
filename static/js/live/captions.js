// Captions: each browser turns its own person's speech into words and sends them; the other shows them. Nothing is kept.

import { LIMIT } from "./protocol.js";

const EVERY_MS = 300;
const STAYS_MS = 6000;
const AGAIN_MS = 400;

/** @typedef {{line: number, text: string, final: boolean}} Caption */

/** @returns {any} the browser's speech recognition, if it has one */
export function speechRecognition() {
  const holder = /** @type {any} */ (globalThis);
  return holder.SpeechRecognition ?? holder.webkitSpeechRecognition;
}

/** A caption from the other page, or null: whatever it sends, only short text comes through. @param {any} data @returns {Caption|null} */
export function readCaption(data) {
  if (!Number.isInteger(data?.line) || typeof data.text !== "string" || !data.text) return null;
  return { line: data.line, text: data.text.slice(-LIMIT.CAPTION_CHARS), final: data.final === true };
}

/** Listens to our own voice while it is wanted and we are not muted. No DOM. */
export class Ear {
  /**
   * @param {{lang: string, send: (caption: Caption) => void, onRefused: () => void, Recognition?: any}} parts
   */
  constructor({ lang, send, onRefused, Recognition = speechRecognition() }) {
    this.lang = lang;
    this.send = send;
    this.onRefused = onRefused;
    this.Recognition = Recognition;
    this.wanted = false;
    this.muted = false;
    this.line = 0;
    this.sentAt = -Infinity;
    /** @type {any} */
    this.ear = null;
  }

  /** @param {{wanted?: boolean, muted?: boolean}} change */
  set({ wanted = this.wanted, muted = this.muted }) {
    this.wanted = wanted;
    this.muted = muted;
    if (wanted && !muted) this.#start();
    else this.#stop();
  }

  #start() {
    if (this.ear || !this.Recognition) return;
    const ear = (this.ear = new this.Recognition());
    ear.lang = this.lang;
    ear.continuous = true;
    ear.interimResults = true;
    ear.onresult = (/** @type {any} */ event) => this.#heard(event);
    ear.onerror = (/** @type {{error: string}} */ { error }) => {
      if (!["not-allowed", "service-not-allowed", "language-not-supported"].includes(error)) return;
      this.set({ wanted: false });
      this.onRefused();
    };
    // Browsers stop by themselves after a silence: go on as long as it is wanted.
    ear.onend = () => {
      if (this.ear !== ear) return;
      this.ear = null;
      setTimeout(() => this.set({}), AGAIN_MS);
    };
    try {
      ear.start();
    } catch {
      this.ear = null;
    }
  }

  #stop() {
    const { ear } = this;
    this.ear = null;
    ear?.abort?.();
  }

  /** @param {any} event */
  #heard(event) {
    for (let index = event.resultIndex; index < event.results.length; index += 1) {
      const result = event.results[index];
      const text = String(result[0]?.transcript ?? "").trim().slice(-LIMIT.CAPTION_CHARS);
      const final = Boolean(result.isFinal);
      const soon = performance.now() - this.sentAt < EVERY_MS;
      if (text && (final || !soon)) {
        this.sentAt = performance.now();
        this.send({ line: this.line, text, final });
      }
      if (final) this.line += 1;
    }
  }
}

/** The lines under the board: the last one of each person, gone a while after it was said. */
export class CaptionLines {
  /** @param {HTMLElement} place @param {{me: string, other: string}} names */
  constructor(place, names) {
    this.place = place;
    this.names = names;
    /** @type {Record<string, ReturnType<typeof setTimeout>>} */
    this.timers = {};
  }

  /** @param {"me"|"other"} who @param {Caption} caption */
  show(who, caption) {
    const row = /** @type {HTMLElement} */ (this.place.querySelector(`[data-caption="${who}"]`));
    row.hidden = false;
    /** @type {HTMLElement} */ (row.querySelector("b")).textContent = this.names[who];
    /** @type {HTMLElement} */ (row.querySelector("span")).textContent = caption.text;
    row.classList.toggle("unsure", !caption.final);
    clearTimeout(this.timers[who]);
    this.timers[who] = setTimeout(() => (row.hidden = true), STAYS_MS);
  }
}
