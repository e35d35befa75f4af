// What to do about a call that does not stand: when to say so, and which way to try next. Pure but for its timers. No DOM.
//
// The order: new candidates (ICE restart), then a new connection through the relay only, then a new connection by any way, then
// sound alone; and round again. A way is tried only while the other browser can be told of it.

const CONNECT_MS = 12000;
const DISCONNECTED_MS = 3000;
const EARLY_MS = 700;
/** A good line needs one second for a step; what did not help by then is tried again, with more patience each time round. */
const STEP_MS = { restart: 3500, relay: 5000, rebuild: 6000, voice: 8000 };
const PATIENCE = 3;
/** On a weak line the two may need several tries to greet each other over a way that is found: another way would begin all of it anew. */
const GREETING_MS = 6000;
const GREETINGS = 3;
/** The polite side waits longer, so that two people who lost each other do not undo each other's steps. */
const POLITE_MS = 1500;

/** @typedef {"restart"|"relay"|"rebuild"|"voice"} Step */
/** @typedef {"idle"|"connecting"|"connected"|"interrupted"|"failed"} CallState */

/**
 * The step that follows `tried` others since the call last stood.
 * @param {number} tried @param {boolean} relayed whether there is a relay to go through @returns {Step}
 */
export function stepAfter(tried, relayed) {
  const steps = /** @type {Step[]} */ (relayed ? ["restart", "relay", "rebuild", "voice"] : ["restart", "rebuild", "voice"]);
  return tried < steps.length ? steps[tried] : steps[1 + ((tried - steps.length) % (steps.length - 1))];
}

export class Recovery {
  /**
   * @param {{onState: (state: CallState) => void, take: (step: Step) => void, hasRelay: () => boolean, canTell: () => boolean,
   *   polite: () => boolean, greets?: () => boolean}} parts `take` tries a way; `canTell` says whether signals reach the server now;
   *   `greets` whether there is a way over which the two agree on their keys
   */
  constructor({ onState, take, hasRelay, canTell, polite, greets = () => false }) {
    this.onState = onState;
    this.take = take;
    this.hasRelay = hasRelay;
    this.canTell = canTell;
    this.polite = polite;
    this.greets = greets;
    this.greeted = 0;
    this.state = /** @type {CallState} */ ("idle");
    this.tried = 0;
    this.stood = false;
    this.waits = false;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.broken = undefined;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.early = undefined;
  }

  /** A call begins. */
  begin() {
    this.#clear();
    this.tried = this.greeted = 0;
    this.stood = false;
    this.#set("connecting");
    this.#stepIn(CONNECT_MS);
  }

  end() {
    this.#clear();
    this.#set("idle");
  }

  /** @param {RTCPeerConnectionState} state of the connection */
  feel(state) {
    if (this.state === "idle") return;
    if (state === "connected") {
      this.#clear();
      this.tried = 0;
      this.stood = true;
      this.#set("connected");
    } else if (state === "disconnected" && this.state === "connected") {
      this.#doubt(EARLY_MS);
    } else if (state === "failed" && this.state === "connected") this.#lost();
    else if (state === "failed") this.#next();
  }

  /** Nothing arrives any more, though the connection has not said so. */
  silent() {
    if (this.state === "connected") this.#doubt(0);
  }

  /** The other side has made a new connection: give it time. */
  renewed() {
    this.#clear();
    if (this.state === "idle") return;
    if (this.state === "connected") this.#set("interrupted");
    this.#stepIn(STEP_MS.rebuild);
  }

  /** Signals pass again, or the network is another one: what waited is tried at once. @param {boolean} [anew] even if the call seems to stand */
  again(anew = false) {
    if (this.state === "idle") return;
    if (this.state === "connected" && !anew) return;
    this.tried = Math.min(this.tried, 1);
    if (this.waits || anew) {
      this.waits = false;
      this.take("restart");
      if (this.state !== "connected") this.#stepIn(STEP_MS.restart);
    }
  }

  /** Most breaks heal within three seconds: only then is it worth a word. New candidates are looked for sooner, and in silence. */
  #doubt(/** @type {number} */ milliseconds) {
    if (this.broken !== undefined) return;
    this.broken = setTimeout(() => this.#lost(), DISCONNECTED_MS);
    this.early = setTimeout(() => {
      if (this.tried > 0 || !this.canTell()) return;
      this.tried = 1;
      this.take("restart");
    }, milliseconds);
  }

  #lost() {
    const tried = this.tried > 0;
    this.#clear();
    this.#set("interrupted");
    if (tried) this.#stepIn(STEP_MS.restart - DISCONNECTED_MS + EARLY_MS);
    else this.#next();
  }

  #next() {
    this.#clear();
    if (!this.canTell()) {
      this.waits = true;
      this.#stepIn(CONNECT_MS);
      return;
    }
    const step = stepAfter(this.tried, this.hasRelay());
    this.tried += 1;
    this.take(step);
    this.#stepIn(STEP_MS[step] * Math.min(PATIENCE, 1 + Math.floor((this.tried - 1) / 4)));
  }

  /** @param {number} milliseconds */
  #stepIn(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => {
        if (!this.stood && this.greets() && this.greeted < GREETINGS) {
          this.greeted += 1;
          return this.#stepIn(GREETING_MS);
        }
        // Without any candidate a connection stays "new" for ever and never fails by itself: so this clock is ours.
        if (!this.stood || this.tried > 1) this.#set("failed");
        this.#next();
      },
      milliseconds + (this.polite() ? POLITE_MS : 0),
    );
  }

  #clear() {
    clearTimeout(this.timer);
    clearTimeout(this.broken);
    clearTimeout(this.early);
    this.timer = this.broken = undefined;
  }

  /** @param {CallState} state */
  #set(state) {
    if (this.state === state) return;
    this.state = state;
    this.onState(state);
  }
}
