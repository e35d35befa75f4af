// The server's time, on the page's steady clock. An answer says only that the server's now lay between our asking and our hearing:
// on a slow line that may be seconds. What several answers allow together is much less. No DOM.

/** When the page itself was asked for and when it began to come, on its steady clock. @returns {[number, number]} */
function pageTimes() {
  const [page] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType?.("navigation") ?? []);
  return page?.responseStart ? [page.requestStart, page.responseStart] : [0, performance.now()];
}

export class ServerTime {
  /** @param {number} server the server's now that the page was written with, in milliseconds since 1970 */
  constructor(server) {
    /** The least and the most that the server's time may be ahead of the steady clock. */
    this.low = -Infinity;
    this.high = Infinity;
    this.learn(server, ...pageTimes());
  }

  /** @param {number} server its now in an answer @param {number} asked when we asked @param {number} [heard] both by performance.now() */
  learn(server, asked, heard = performance.now()) {
    const [low, high] = [server - heard, server - asked];
    // When the two do not meet, the device has slept and its steady clock with it, or has drifted: the old one counts no more.
    const meet = low <= this.high && high >= this.low;
    this.low = meet ? Math.max(low, this.low) : low;
    this.high = meet ? Math.min(high, this.high) : high;
  }

  now() {
    return performance.now() + (this.low + this.high) / 2;
  }
}
