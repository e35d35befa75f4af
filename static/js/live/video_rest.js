// When the line can't carry a picture, the voice must not suffer: the picture rests, and comes back slowly. No DOM.

const BAD_READINGS = 3;
const GOOD_READINGS = 8;

/** Fed with each reading of the line; says whether the own picture rests. */
export class VideoRest {
  constructor() {
    this.resting = false;
    this.bad = 0;
    this.good = 0;
  }

  /** @param {"good"|"fair"|"weak"|"upload"} word @returns {boolean} whether `resting` has just changed */
  feed(word) {
    this.bad = word === "weak" || word === "upload" ? this.bad + 1 : 0;
    this.good = word === "good" ? this.good + 1 : 0;
    const before = this.resting;
    if (!this.resting && this.bad >= BAD_READINGS) this.resting = true;
    if (this.resting && this.good >= GOOD_READINGS) this.resting = false;
    if (before !== this.resting) this.bad = this.good = 0;
    return before !== this.resting;
  }
}
