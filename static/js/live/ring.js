// The call's last states with their times, for whoever has to find out what happened. Pure but for its clock.

const KEPT = 240;
const VALUE_CHARS = 120;

/** @typedef {{at: number, kind: string, value: string}} Mark */

export class Ring {
  /** @param {{now?: () => number}} [parts] `now` in milliseconds; only differences leave the page, as a device's clock may be wrong */
  constructor({ now = () => performance.now() } = {}) {
    this.now = now;
    /** @type {Mark[]} */
    this.marks = [];
    this.taken = 0;
  }

  /** @param {string} kind @param {string} value */
  add(kind, value) {
    if (this.marks.findLast((mark) => mark.kind === kind)?.value === value && kind !== "try") return;
    this.marks.push({ at: this.now(), kind: kind.slice(0, 16), value: value.slice(0, VALUE_CHARS) });
    if (this.marks.length > KEPT) {
      this.marks.shift();
      this.taken = Math.max(0, this.taken - 1);
    }
  }

  /** What was not sent yet, oldest first: [milliseconds ago, kind, value]. @param {number} most @returns {[number, string, string][]} */
  fresh(most) {
    const now = this.now();
    return this.marks.slice(this.taken, this.taken + most).map(({ at, kind, value }) => [Math.round(now - at), kind, value]);
  }

  /** So many of them have arrived. @param {number} count */
  sent(count) {
    this.taken = Math.min(this.marks.length, this.taken + count);
  }
}
