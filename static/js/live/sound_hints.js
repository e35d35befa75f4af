// What is wrong with the sound, said within two seconds: we speak while muted, our microphone is silent, nothing comes from the other.

const SILENT_TICKS = 18; // of 100 ms
const QUIET_MS = 20000;

/** Says true once after so many ticks in a row. */
export class Streak {
  /** @param {number} ticks */
  constructor(ticks) {
    this.ticks = ticks;
    this.count = 0;
  }

  /** @param {boolean} is @returns {boolean} */
  feed(is) {
    this.count = is ? this.count + 1 : 0;
    return this.count === this.ticks;
  }
}

export class SoundHints {
  /** @param {{say: (key: string) => void, now?: () => number}} parts `say` gets a word key */
  constructor({ say, now = () => performance.now() }) {
    this.tell = say;
    this.now = now;
    this.own = new Streak(SILENT_TICKS);
    this.other = new Streak(SILENT_TICKS);
    /** @type {Record<string, number>} */
    this.said = {};
  }

  /** We speak although we are muted. */
  mutedSpeech() {
    this.#say("muted_hint");
  }

  /** Ten times a second: whether our unmuted microphone gives nothing at all, and the same of the other's sound. @param {{own: boolean, other: boolean}} silent */
  tick({ own, other }) {
    if (this.own.feed(own)) this.#say("silent_microphone");
    if (this.other.feed(other)) this.#say("silent_peer");
  }

  /** @param {string} key */
  #say(key) {
    const at = this.now();
    if (at - (this.said[key] ?? -Infinity) < QUIET_MS) return;
    this.said[key] = at;
    this.tell(key);
  }
}
