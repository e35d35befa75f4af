// The lesson's clock, on the server's time: a wrong device clock changes nothing, nor does one that is put right
// during the lesson, because only the steady clock of the page is read. No DOM.

import { ServerTime } from "./server_time.js";

const WARNINGS = [5, 1];

/** Counts down to the end of the lesson. Times are milliseconds since 1970. */
export class LessonClock {
  /** @param {{starts: number, ends: number, server: number}} times `server` is the server's now, as the page was written with it */
  constructor({ starts, ends, server }) {
    this.starts = starts;
    this.ends = ends;
    this.time = new ServerTime(server);
    /** @type {Set<number>} */
    this.warned = new Set();
  }

  /** The lesson was made longer: its end has moved, and the warnings come again. @param {number} ends */
  extend(ends) {
    if (ends === this.ends) return;
    this.ends = ends;
    const left = ends - this.now();
    for (const mark of WARNINGS) if (left > mark * 60000) this.warned.delete(mark);
  }

  now() {
    return this.time.now();
  }

  /**
   * What the clock says. @returns {{phase: "before"|"during"|"over", seconds: number, minutes: number, warning: number|null}}
   * `seconds` to the start, to the end, or since the end; `warning` is 5 or 1 once, when so many minutes are left.
   */
  read() {
    const now = this.now();
    const minutes = Math.round((this.ends - this.starts) / 60000);
    if (now < this.starts) return { phase: "before", seconds: Math.ceil((this.starts - now) / 1000), minutes, warning: null };
    if (now >= this.ends) return { phase: "over", seconds: Math.floor((now - this.ends) / 1000), minutes, warning: null };
    const seconds = Math.ceil((this.ends - now) / 1000);
    let warning = null;
    for (const mark of WARNINGS) {
      if (seconds <= mark * 60 && !this.warned.has(mark)) {
        this.warned.add(mark);
        warning = mark;
      }
    }
    return { phase: "during", seconds, minutes, warning };
  }
}

/** 1450 -> "24:10"; an hour and more "1:02:03". @param {number} seconds */
export function asClock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
