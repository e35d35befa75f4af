// The servers through which two browsers find each other, with credentials that end: fetched early, renewed in time. No DOM.

/** An answer that says nothing of its time is asked for again after a minute. */
const YOUNG_MS = 60000;
/** A credential is renewed when three quarters of its time are over; until then who waits for the other one has it at hand. */
const RENEW_SHARE = 0.75;
const REFUSALS = 2;
const REFUSED_MS = 30000;

/** @typedef {{ice_servers: RTCIceServer[], ttl_seconds?: number}} Granted */

export class Access {
  /** @param {{fetch: () => Promise<Granted>, onRenewed: () => void, trace: (kind: string, value: string) => void}} parts */
  constructor({ fetch, onRenewed, trace }) {
    this.fetch = fetch;
    this.onRenewed = onRenewed;
    this.trace = trace;
    /** @type {RTCIceServer[]} */
    this.servers = [];
    this.fetchedAt = -Infinity;
    this.youngMs = YOUNG_MS;
    /** @type {Promise<RTCIceServer[]>|null} */
    this.asking = null;
    /** @type {number[]} */
    this.refusals = [];
  }

  /** Whether there is a relay among the servers. */
  get hasRelay() {
    return this.servers.some(({ urls }) => [urls].flat().some((url) => /^turns?:/.test(url)));
  }

  /** The servers, asked for only when the last answer is old. @returns {Promise<RTCIceServer[]>} */
  async get() {
    if (performance.now() - this.fetchedAt < this.youngMs) return this.servers;
    return this.renew();
  }

  /** Ask anew. Never rejects: without an answer the old servers may still do, and a direct way needs none. */
  async renew() {
    this.asking ??= this.#ask().finally(() => (this.asking = null));
    return this.asking;
  }

  /** The relay refused us. @returns {boolean} whether it is worth asking for other credentials */
  refused() {
    const at = performance.now();
    this.refusals = this.refusals.filter((one) => at - one < REFUSED_MS);
    // All urls of one server refuse together: that is one refusal.
    if (this.refusals.length >= REFUSALS || this.asking || at - this.fetchedAt < 250) return false;
    this.refusals.push(at);
    return true;
  }

  async #ask() {
    try {
      const { ice_servers: servers, ttl_seconds: seconds } = await this.fetch();
      this.servers = servers;
      this.fetchedAt = performance.now();
      clearTimeout(this.timer);
      this.youngMs = seconds ? seconds * RENEW_SHARE * 1000 : YOUNG_MS;
      if (seconds) this.timer = setTimeout(() => void this.#renewInTime(), seconds * RENEW_SHARE * 1000);
    } catch {
      this.trace("access", "not fetched");
    }
    return this.servers;
  }

  async #renewInTime() {
    const before = this.fetchedAt;
    await this.renew();
    if (this.fetchedAt !== before) this.onRenewed();
    else this.timer = setTimeout(() => void this.#renewInTime(), REFUSED_MS);
  }
}
