// The time of a replay: it runs, at one to eight times the lesson's own speed, and stops at the end. No DOM.

export const SPEEDS = [1, 2, 4, 8];

export class ReplayClock {
  /** @param {number} length in milliseconds @param {() => number} [now] a steady clock in milliseconds */
  constructor(length, now = () => performance.now()) {
    this.length = length;
    this.now = now;
    this.speed = 1;
    this.t = 0;
    /** @type {number|null} when the running time was last taken */
    this.since = null;
  }

  get playing() {
    return this.since !== null;
  }

  /** Bring the time up to now and return it. */
  read() {
    if (this.since !== null) {
      const now = this.now();
      this.t = Math.min(this.length, this.t + (now - this.since) * this.speed);
      this.since = this.t >= this.length ? null : now;
    }
    return this.t;
  }

  play() {
    if (this.playing) return;
    if (this.t >= this.length) this.t = 0;
    this.since = this.now();
  }

  pause() {
    this.read();
    this.since = null;
  }

  /** @param {number} t */
  jump(t) {
    this.t = Math.max(0, Math.min(this.length, t));
    if (this.since !== null) this.since = this.now();
  }

  /** The next faster speed, after the fastest the slowest. */
  faster() {
    this.read();
    this.speed = SPEEDS[(SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length];
  }
}
