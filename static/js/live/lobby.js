// The lobby: see, hear, know the connection, choose; then go in by itself when the other one arrives.

import { announce, fill } from "./announce.js";
import { LessonClock, asClock } from "./clock.js";
import { DoctorCard } from "./doctor_card.js";
import { Entering } from "./entering.js";
import { Level } from "./level.js";
import { ask, on, watchLine } from "./line.js";
import { applyChoice, fillPickers, loadChoice, saveChoice } from "./media_choice.js";
import { browserOf, troubleKey, watchPermission } from "./media_help.js";
import { Media } from "./media.js";
import { ASK, TELL } from "./protocol.js";
import { ServerTime } from "./server_time.js";
import { fillSpeakers, playTone } from "./speaker.js";

const HEARD = 0.25;
const LATE_SECONDS = 300; // from here on the one who waits is offered to write, as the server nudges both

export class Lobby {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.facts = JSON.parse(root.dataset.facts ?? "{}");
    this.words = this.facts.words;
    this.clock = new LessonClock(this.facts);
    const choice = loadChoice();
    this.lowData = choice.lowData;
    this.media = new Media({ onChange: () => this.#show() });
    applyChoice(this.media, choice);
    this.entering = new Entering({ url: this.facts.room_url + location.search, media: this.media, leave: () => this.#leave() });
    this.here = false;
    this.heard = false;
    /** We are in the room, which shows in this page now. */
    this.over = false;
    /** @type {MediaStreamTrack|null|undefined} */
    this.shown = undefined;
    this.ready = false;
    this.level = new Level({ onLevel: (level) => this.#hear(level) });
    this.#controls();
    void this.#open();
    this.doctor = new DoctorCard({ facts: this.facts, roundTrip: () => this.#roundTrip(), onThin: () => this.#thin() });
    void watchPermission(() => !this.over && this.media.problem && void this.#open());
    this.deaf = [
      on(TELL.LOBBY_CHANGED, ({ side, where }) => side !== this.facts.side && where !== "gone" && this.#otherCame()),
      on(TELL.ROOM_ENDED, () => location.reload()),
    ];
    void watchLine({ up: () => void this.#wait(), down: () => this.over || this.#tell(this.words.reconnecting, this.words.reconnecting_help) });
    this.ticker = setInterval(() => this.#tick(), 500);
    this.#tick();
  }

  async #wait() {
    if (this.over) return;
    const asked = performance.now();
    try {
      const answer = await ask(ASK.LOBBY_JOIN, { session: this.facts.session });
      this.clock.time.learn(answer.server, asked);
      if (answer.other_inside) this.#otherCame();
      else this.#tick();
    } catch {
      setTimeout(() => this.over || location.reload(), 3000); // the door has moved meanwhile, or the server is away: the page says which
    }
  }

  #otherCame() {
    if (this.here) return;
    this.here = true;
    this.#tell(fill(this.words.here, { name: this.facts.name }), this.words.going_in);
    this.#q("[data-go]").hidden = false;
    this.#q("[data-inside]").hidden = true;
    document.querySelector(".lobby-foot .presence")?.classList.replace("away", "online");
    this.#enterSoon();
  }

  #enterSoon() {
    // Not while the browser still asks for the camera: its question would follow into the room.
    if (this.here && this.ready && !this.over) this.entering.soon();
  }

  /** The page becomes the room's: nothing of the lobby goes on. */
  #leave() {
    this.over = true;
    for (const stop of this.deaf) stop();
    clearInterval(this.ticker);
    this.level.stop();
  }

  async #open() {
    await this.media.open();
    this.ready = true;
    await this.#devices();
    this.#enterSoon();
  }

  /** How long the socket takes there and back, in milliseconds. */
  async #roundTrip() {
    const began = performance.now();
    await ask(ASK.LOBBY_JOIN, { session: this.facts.session }, 3000);
    return Math.round(performance.now() - began);
  }

  /** The line is thin: low data is offered, and never switched on by itself. */
  #thin() {
    this.#q("[data-low-data]").closest("label")?.classList.add("advised");
  }

  #controls() {
    this.#q("[data-mute]").addEventListener("click", () => this.media.setMuted(!this.media.muted));
    this.#q("[data-camera]").addEventListener("click", () => void this.media.setCamera(!this.media.video));
    this.#q("[data-retry]").addEventListener("click", () => {
      this.media.cameraOn = !this.lowData;
      void this.#open();
    });
    const low = /** @type {HTMLInputElement} */ (this.#q("[data-low-data]"));
    low.checked = this.lowData;
    low.addEventListener("change", () => {
      this.lowData = low.checked;
      void this.media.setCamera(!low.checked);
    });
    for (const select of /** @type {NodeListOf<HTMLSelectElement>} */ (this.root.querySelectorAll("[data-pick]"))) {
      select.addEventListener("change", () => void this.media.choose(select.dataset.pick === "audio" ? "audio" : "video", select.value));
    }
    this.#q("[data-tone]").addEventListener("click", () => void this.#tone());
    const noise = /** @type {HTMLInputElement} */ (this.#q("[data-noise]"));
    noise.checked = this.media.noise;
    noise.addEventListener("change", () => void this.media.setNoise(noise.checked));
    navigator.mediaDevices?.addEventListener?.("devicechange", () => void this.#devices());
    for (const link of document.querySelectorAll("[data-inside], [data-listen]")) link.addEventListener("click", () => this.media.close());
    this.entering.bind(this.#q("[data-go]"));
  }

  async #devices() {
    if (!this.over) await fillPickers(this.media, this.root);
    if (!this.over) await fillSpeakers(/** @type {HTMLSelectElement} */ (this.#q("[data-speaker]")), () => void this.#tone());
  }

  async #tone() {
    const said = this.#q("[data-tone-word]");
    said.textContent = this.words.tone_plays;
    try {
      await playTone();
      said.textContent = this.words.tone_heard;
    } catch {
      said.textContent = this.words.tone_failed;
    }
  }

  #show() {
    const { media, words } = this;
    saveChoice(media, this.lowData);
    const video = /** @type {HTMLVideoElement} */ (this.#q("[data-preview]"));
    if (this.shown !== media.video) {
      this.shown = media.video;
      video.srcObject = media.video ? new MediaStream([media.video]) : null;
    }
    this.#q("[data-preview-face]").hidden = Boolean(media.video);
    this.level.listen(media.audio);
    this.#toggle("mute", media.muted, media.muted ? words.unmute : words.mute);
    this.#toggle("camera", !media.video, media.video ? words.camera : words.camera_on);
    const trouble = media.problem;
    this.#q("[data-trouble]").hidden = !trouble;
    if (trouble) this.#trouble(trouble);
    if (!media.audio || media.muted) {
      this.#bars(0);
      this.#q("[data-level-word]").textContent = media.audio ? words.muted : words.no_microphone;
    } else this.#q("[data-level-word]").textContent = this.heard ? words.heard : words.silent;
  }

  /** @param {string} problem */
  #trouble(problem) {
    const { media, words } = this;
    const key = troubleKey(problem, media.mode);
    this.#q("[data-trouble-text]").textContent = fill(words[key] ?? words[problem], { name: this.facts.name });
    const help = this.#q("[data-trouble-help]");
    help.hidden = !key.endsWith("denied");
    help.textContent = words[`allow_${browserOf(navigator.userAgent)}`];
    // Whatever is missing, there is a way in.
    this.#q("[data-listen]").hidden = media.mode !== "none";
  }

  /** @param {string} name @param {boolean} pressed @param {string} word */
  #toggle(name, pressed, word) {
    const button = this.#q(`[data-${name}]`);
    button.setAttribute("aria-pressed", String(pressed));
    this.#q(`[data-${name}-word]`).textContent = word;
  }

  /** @param {number} level */
  #hear(level) {
    if (this.media.muted) return;
    this.#bars(level);
    if (level > HEARD && !this.heard) {
      this.heard = true;
      this.#q("[data-level-word]").textContent = this.words.heard;
    }
  }

  /** @param {number} level */
  #bars(level) {
    /** @type {HTMLMeterElement} */ (this.#q("[data-level]")).value = level;
    const bars = this.#q("[data-bars]").children;
    for (let i = 0; i < bars.length; i += 1) bars[i].classList.toggle("on", level * bars.length > i + 0.3);
  }

  #tick() {
    const { phase, seconds } = this.clock.read();
    const late = phase !== "before";
    this.#q("[data-clock-word]").textContent = late ? this.words.started : this.words.starts_in;
    const gone = late ? (this.clock.now() - this.clock.starts) / 1000 : seconds;
    this.#q("[data-clock]").textContent = asClock(gone);
    if (this.here) return;
    const who = late ? fill(this.words.not_here_late, { name: this.facts.name, time: asClock(gone) }) : fill(this.words.not_here, { name: this.facts.name });
    this.#q("[data-who]").textContent = who;
    const more = this.words.write_to_them;
    const place = this.#q("[data-who-more]");
    if (late && gone >= LATE_SECONDS && place.textContent !== fill(more, { name: this.facts.name })) this.#tell(who, fill(more, { name: this.facts.name }));
  }

  /** @param {string} who @param {string} more */
  #tell(who, more) {
    this.#q("[data-who]").textContent = who;
    this.#q("[data-who-more]").textContent = more;
    announce(`${who}. ${more}`);
  }

  /** @param {string} selector @returns {HTMLElement} */
  #q(selector) {
    return /** @type {HTMLElement} */ (document.querySelector(selector));
  }
}

/** Count down to the door and load the page again when it opens. @param {HTMLElement} root */
export function waitForDoor(root) {
  const facts = JSON.parse(root.dataset.early ?? "{}");
  const time = new ServerTime(facts.server);
  const place = root.querySelector("[data-early-clock]");
  const tick = () => {
    const left = (facts.opens - time.now()) / 1000;
    if (place) place.textContent = asClock(Math.ceil(Math.max(0, left)));
    if (left <= 0) location.reload();
    else setTimeout(tick, Math.min(1000, left * 1000 + 100));
  };
  tick();
}
