// Sound and picture of this room: our tracks, the other's, the controls that turn them on and off.

import { announce, fill } from "./announce.js";
import { makeFloat } from "./float.js";
import { Level, Speaking } from "./level.js";
import { applyChoice, fillPickers, loadChoice, saveChoice } from "./media_choice.js";
import { Media } from "./media.js";
import { ASK } from "./protocol.js";
import { Adapt } from "./adapt.js";
import { moves } from "./ladder.js";
import { Mix } from "./mix.js";
import { Screen, canShareScreen } from "./screen.js";
import { StillView } from "./still_view.js";

/** Eight seconds of readings. */
const NOTHING_READINGS = 16;

/** @typedef {{microphone: boolean, camera: boolean, screen: boolean, hand: boolean, low_data: boolean}} PeerMedia */

export class RoomMedia {
  /**
   * @param {{root: HTMLElement, facts: any, call: import("./call.js").Call, seat: import("./seat.js").Seat,
   *   onNotice: (text: string) => void, onChange: () => void, onTrace?: (kind: string, value: string) => void, media?: Media}} parts
   *   `media` is open already
   */
  constructor({ root, facts, call, seat, onNotice, onChange, onTrace, media }) {
    this.root = root;
    this.facts = facts;
    this.call = call;
    this.seat = seat;
    this.onNotice = onNotice;
    this.onChange = onChange;
    this.words = facts.words;
    const choice = loadChoice();
    this.lowData = choice.lowData;
    this.hand = false;
    /** So many readings in a row without any sound of ours. */
    this.nothing = 0;
    /** @type {MediaStreamTrack|null|undefined} the tracks last shown and last listened to */
    this.selfTrack = undefined;
    /** @type {MediaStreamTrack|null|undefined} */
    this.listened = undefined;
    /** @type {((heard: boolean) => void)|undefined} set by the room: whether the browser lets the sound play */
    this.onSound = undefined;
    /** @type {(() => void)|undefined} set by the room: we speak although we are muted */
    this.onMutedSpeech = undefined;
    /** @type {(() => Promise<void>)|undefined} */
    this.play = undefined;
    /** @type {PeerMedia} */
    this.peer = { microphone: true, camera: false, screen: false, hand: false, low_data: false };
    this.brought = media !== undefined;
    this.media = applyChoice(media ?? new Media(), choice);
    this.media.onChange = () => this.#changed();
    this.media.onProblem = (key) => {
      onTrace?.("device", key);
      this.onNotice(fill(this.words[key], { name: facts.name }));
    };
    this.screen = new Screen({ onChange: () => this.#changed() });
    this.mix = new Mix();
    this.adapt = new Adapt({
      peer: call.peer,
      trace: onTrace,
      onChange: () => {
        root.dataset.rung = this.adapt.rung;
        this.#useTracks();
        this.tell();
      },
      onTell: (key) => this.onNotice(fill(this.words[key], { name: facts.name })),
    });
    call.peer.channels.onReport = (text) => this.adapt.hear(text);
    this.adapt.setLow(this.lowData);
    this.remote = /** @type {HTMLVideoElement} */ (root.querySelector("[data-remote]"));
    this.self = /** @type {HTMLVideoElement} */ (root.querySelector("[data-self]"));
    this.person = /** @type {HTMLElement} */ (root.querySelector("[data-person]"));
    this.ownSpeaking = new Speaking((speaking) => {
      if (speaking && this.media.muted) this.onMutedSpeech?.();
    });
    this.ownLevel = new Level({ onLevel: (level) => this.ownSpeaking.hear(level) });
    const ring = new Speaking((speaking) => this.person.classList.toggle("speaks", speaking));
    this.peerLevel = new Level({ onLevel: (level) => ring.hear(level) });
    makeFloat(this.person, () => this.person.classList.toggle("small"));
    document.documentElement.classList.toggle("no-screen-share", !canShareScreen());
    this.still = new StillView({ root, onChange: () => this.#draw() });
    call.peer.channels.onStill = (piece) => this.still.take(piece);
    navigator.mediaDevices?.addEventListener?.("devicechange", () => void this.#lookAgain());
    // Phones take camera and microphone from a page that is not looked at.
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void this.media.look());
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-noise]"))) {
      input.checked = this.media.noise;
      input.addEventListener("change", () => void this.media.setNoise(input.checked));
    }
    for (const select of /** @type {NodeListOf<HTMLSelectElement>} */ (document.querySelectorAll("[data-pick]"))) {
      select.addEventListener("change", () => void this.media.choose(select.dataset.pick === "audio" ? "audio" : "video", select.value));
    }
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-low-data]"))) {
      input.checked = this.lowData;
      input.addEventListener("change", () => void this.setLowData(input.checked));
    }
  }

  /** Start camera and microphone as chosen in the lobby. A refusal is told and the lesson goes on without. */
  async open() {
    if (this.brought && !this.media.problem) this.#changed();
    else await this.media.open();
    if (this.media.problem) this.onNotice(this.words[this.media.problem]);
    else if (this.media.mode === "none") this.onNotice(this.words.mode_none);
    await fillPickers(this.media, document);
  }

  /** @param {MediaStream} stream the other's, filled as its tracks arrive */
  show(stream) {
    this.remote.srcObject = stream;
    stream.onaddtrack = null;
    const play = () =>
      this.remote.play().then(
        () => this.onSound?.(true),
        () => this.onSound?.(false),
      );
    this.remote.onloadedmetadata = play;
    this.play = play;
  }

  /** The call is connected: listen for the voice, tell the encoder what matters. */
  connected() {
    const stream = /** @type {MediaStream|null} */ (this.remote.srcObject);
    this.peerLevel.listen(stream?.getAudioTracks()[0] ?? null);
    void this.play?.();
    this.#useTracks();
    this.tell();
  }

  /** Tell the other what we send. */
  tell() {
    const { media, screen, hand, lowData, adapt } = this;
    const state = { microphone: Boolean(media.audio) && !media.muted, camera: Boolean(media.video) && moves(adapt.rung), screen: Boolean(screen.track) && moves(adapt.rung), hand, low_data: lowData };
    this.seat.ask(ASK.MEDIA_SET, state).catch(() => {}); // said again when we sit again
  }

  /** What the other one sends. @param {PeerMedia} now */
  hear(now) {
    const before = this.peer;
    this.peer = { ...before, ...now };
    const say = (/** @type {string} */ key) => announce(fill(this.words[key], { name: this.facts.name }));
    if (before.microphone !== this.peer.microphone) say(this.peer.microphone ? "peer_unmuted" : "peer_muted");
    if (!before.hand && this.peer.hand) say("peer_hand");
    if (before.screen !== this.peer.screen) say(this.peer.screen ? "peer_screen" : "peer_screen_off");
    if (before.low_data !== this.peer.low_data) this.#followLow();
    this.#draw();
  }

  /** A reading of the line. @param {import("./quality.js").Reading} reading */
  feel(reading) {
    this.adapt.feel(reading);
    const nothing = reading.mute && Boolean(this.media.audio) && !this.media.muted;
    this.nothing = nothing ? this.nothing + 1 : 0;
    if (this.nothing === NOTHING_READINGS) this.onNotice(this.words.silent_hint);
  }

  toggleMute() {
    this.media.setMuted(!this.media.muted);
  }

  async toggleCamera() {
    await this.media.setCamera(!this.media.video);
    if (this.media.problem) this.onNotice(this.words[this.media.problem]);
  }

  async toggleScreen() {
    if (this.screen.wanted) return this.screen.stop();
    try {
      await this.screen.start();
    } catch {
      this.onNotice(this.words.screen_failed);
    }
  }

  toggleHand() {
    this.hand = !this.hand;
    this.#changed();
  }

  /** @param {boolean} on */
  async setLowData(on) {
    this.lowData = on;
    if (on) this.screen.stop();
    this.#followLow();
    await this.media.setCamera(!on);
    this.#changed();
  }

  close() {
    this.screen.stop();
    this.adapt.close();
    this.mix.close();
    this.media.close();
    this.ownLevel.stop();
    this.peerLevel.stop();
  }

  #changed() {
    saveChoice(this.media, this.lowData);
    this.#useTracks();
    this.#listenToSelf();
    this.tell();
    this.#draw();
    this.onChange();
  }

  #useTracks() {
    const { media, screen } = this;
    const audio = this.mix.track(media.audio, screen.audio);
    // Who asked for low data gets no picture from us either.
    this.adapt.apply({ audio, camera: media.video, screen: screen.track }, this.peer.low_data);
  }

  #followLow() {
    this.adapt.setLow(this.lowData || this.peer.low_data);
    this.#useTracks();
  }

  async #lookAgain() {
    await this.media.look();
    await fillPickers(this.media, document);
  }

  #listenToSelf() {
    if (this.listened === this.media.audio) return;
    this.listened = this.media.audio;
    // A clone hears us although the sent track is muted: so the page can say that nobody else does. It stays in this page.
    const ear = this.media.audio?.clone() ?? null;
    if (ear) ear.enabled = true;
    this.ownLevel.track?.stop();
    this.ownLevel.listen(ear);
  }

  #draw() {
    const own = this.screen.track ?? this.media.video;
    if (this.selfTrack !== own) {
      this.selfTrack = own;
      this.self.srcObject = own ? new MediaStream([own]) : null;
    }
    this.self.hidden = !own;
    this.self.classList.toggle("mirrored", !this.screen.track);
    const seen = this.peer.camera || this.peer.screen || this.still.fresh;
    this.still.show(this.still.fresh && !this.peer.camera && !this.peer.screen);
    this.person.classList.toggle("faceless", !seen);
    this.person.classList.toggle("shows-screen", this.peer.screen);
    const flag = (/** @type {string} */ name, /** @type {boolean} */ on) => {
      /** @type {HTMLElement} */ (this.root.querySelector(name)).hidden = !on;
    };
    flag("[data-peer-muted]", !this.peer.microphone);
    flag("[data-peer-hand]", this.peer.hand);
  }
}
