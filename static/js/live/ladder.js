// What to send on a line of this strength. Pure: fed with readings, it answers with a rung. Down quickly, up slowly.

/** From the most to the least: three sizes of picture, a still picture, sound, plain sound, nothing but board and chat. */
export const RUNGS = /** @type {const} */ (["high", "medium", "small", "still", "voice", "thin", "board"]);
/** @typedef {typeof RUNGS[number]} Rung */

/** What a rung takes to be worth sending, in kbit/s with its headers. */
const NEEDS = { high: 900, medium: 220, small: 90, still: 60, voice: 42, thin: 14, board: 0 };

const HEAVY = { loss: 0.22, concealed: 0.3, rtt: 2 };
/** So much is lost only in front of a line that carries a fraction of what it is given: each step on the way down would be too much as well. */
const BURIED_LOSS = 0.5;
const MILD = { loss: 0.09, concealed: 0.1, rtt: 1.1 };
/** With readings twice a second. */
const MILD_READINGS = 3;
const CPU_READINGS = 10;
/** Plain sound that hardly arrives is still more than none: it is given up after so long. */
const LOST = { loss: 0.6, concealed: 0.7, rtt: 4 };
const LOST_SECONDS = 12;
const CLIMB_SECONDS = 6;
const CLIMB_MOST_SECONDS = 96;
/** Who falls so soon after climbing has climbed too far: the next attempt waits twice as long. */
const FAILED_SECONDS = 15;
const FORGIVEN_SECONDS = 60;
/** The browser's guess is made of what was sent until now: after a climb it needs so long to learn what more there is. */
const LEARN_SECONDS = 4;

/**
 * @typedef {{at: number, capacity: number|null, loss: number|null, concealed: number|null, rtt: number|null, stuck: boolean, cpu: boolean,
 *   unheard?: boolean}} LineReading
 *   `at` in seconds; `capacity` what the browser believes our upload carries, in kbit/s; `loss` the share of our packets that did not
 *   arrive; `concealed` the share of our sound that the other side had to invent; `rtt` in seconds; `stuck` data waits to be
 *   sent; `cpu` this device can't encode more; `unheard` the other side has not told lately how our media arrives. What a browser does not tell is null.
 */

/** @param {Rung} rung */
export const rank = (rung) => RUNGS.indexOf(rung);
/** @param {Rung} rung whether it sends a moving picture */
export const moves = (rung) => rank(rung) <= rank("small");
/** @param {Rung} rung whether it sends sound */
export const sounds = (rung) => rung !== "board";

export class Ladder {
  /** @param {{start?: Rung}} [parts] */
  constructor({ start = "medium" } = {}) {
    this.start = start;
    this.rung = /** @type {Rung} */ (start);
    /** @type {Rung} nothing above this is wished for */
    this.top = "high";
    this.mild = 0;
    this.cpu = 0;
    this.climbAfter = CLIMB_SECONDS;
    /** @type {number|null} since when the line has been good */
    this.goodSince = null;
    /** @type {number|null} since when nothing understandable arrives */
    this.lostSince = null;
    this.climbedAt = -Infinity;
    this.fellAt = -Infinity;
  }

  /** Wish for no more than this from now on. @param {Rung} top @returns {boolean} whether the rung has changed */
  limit(top) {
    const held = this.top !== "high" && this.rung === this.top;
    this.top = top;
    if (rank(top) > rank(this.rung)) this.rung = top;
    else if (held && rank(top) < rank(this.rung)) this.rung = rank(top) < rank(this.start) ? this.start : top; // it was held back, not weak
    else return false;
    this.mild = this.cpu = 0;
    this.goodSince = null;
    return true;
  }

  /** Send no more than this for now; it climbs back by itself. @param {Rung} rung @param {number} at seconds */
  fall(rung, at) {
    if (rank(this.rung) >= rank(rung)) return false;
    this.#down(rung, at);
    return true;
  }

  /** @param {LineReading} told @returns {boolean} whether the rung has changed */
  feel(told) {
    const { at } = told;
    const reading = at - this.climbedAt < LEARN_SECONDS ? { ...told, capacity: null } : told;
    const before = this.rung;
    const over = (/** @type {typeof MILD} */ bound) =>
      (reading.loss ?? 0) > bound.loss || (reading.concealed ?? 0) > bound.concealed || (reading.rtt ?? 0) > bound.rtt;
    const short = reading.capacity !== null && reading.capacity < NEEDS[this.rung];
    const heavy = over(HEAVY) || (reading.capacity !== null && reading.capacity < NEEDS[this.rung] / 2);
    const mild = heavy || over(MILD) || short || reading.stuck;
    this.mild = mild ? this.mild + 1 : 0;
    this.cpu = reading.cpu && moves(this.rung) && this.rung !== "small" ? this.cpu + 1 : 0;
    if (mild || reading.cpu || reading.unheard) this.goodSince = null;
    else this.goodSince ??= at;
    this.lostSince = over(LOST) ? (this.lostSince ?? at) : null;
    if (this.rung === "thin" || this.rung === "board") {
      if (this.lostSince !== null && at - this.lostSince >= LOST_SECONDS) this.#down("board", at);
      else this.#climb(reading);
    } else if (heavy || this.mild >= MILD_READINGS) this.#down(this.#fitting(reading, heavy), at);
    else if (this.cpu >= CPU_READINGS) this.#down(RUNGS[rank(this.rung) + 1], at);
    else this.#climb(reading);
    return this.rung !== before;
  }

  /** The rung that this reading carries: by what the browser believes, else one or two lower. @param {LineReading} reading @param {boolean} heavy */
  #fitting({ capacity, loss }, heavy) {
    if ((loss ?? 0) > BURIED_LOSS) return "thin";
    let lower = RUNGS[Math.min(rank(this.rung) + (heavy ? 2 : 1), rank("thin"))];
    while (capacity !== null && rank(lower) < rank("thin") && capacity < NEEDS[lower]) lower = RUNGS[rank(lower) + 1];
    return lower;
  }

  /** @param {Rung} rung @param {number} at */
  #down(rung, at) {
    if (rung === this.rung || rung === undefined) return;
    if (at - this.climbedAt < FAILED_SECONDS) this.climbAfter = Math.min(this.climbAfter * 2, CLIMB_MOST_SECONDS);
    this.rung = rung;
    this.mild = this.cpu = 0;
    this.goodSince = null;
    this.fellAt = at;
  }

  /** @param {LineReading} reading */
  #climb({ at, capacity }) {
    if (at - this.fellAt > FORGIVEN_SECONDS && at - this.climbedAt > FORGIVEN_SECONDS) this.climbAfter = CLIMB_SECONDS;
    const next = RUNGS[rank(this.rung) - 1];
    if (!next || rank(next) < rank(this.top) || this.goodSince === null || at - this.goodSince < this.climbAfter) return;
    // While little is sent the browser can't know what the line carries: its estimate only forbids what is far beyond it.
    if (capacity !== null && capacity < NEEDS[next] * 0.6) return;
    this.rung = next;
    this.climbedAt = at;
    this.goodSince = at;
  }
}
