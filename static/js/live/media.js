// Camera and microphone, with every way they may be refused, and the lesser modes that still make a lesson. No DOM.

/** @typedef {"both"|"audio"|"video"|"none"} MediaMode */

const AUDIO = { echoCancellation: true, autoGainControl: true };
/** A phone call or another program takes the microphone for so long before it is worth a word. */
const TAKEN_MS = 1200;
const VIDEO = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 24, max: 30 } };

/**
 * The word key for a getUserMedia failure; the page has a sentence for each.
 * @param {unknown} error @returns {string}
 */
export function mediaProblem(error) {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (!globalThis.isSecureContext) return "media_insecure";
  switch (name) {
    case "NotAllowedError":
      return "media_denied";
    case "NotFoundError":
      return "media_missing";
    case "NotReadableError":
    case "AbortError":
      return "media_busy";
    case "OverconstrainedError":
      return "media_device_gone";
    case "SecurityError":
      return "media_insecure";
    default:
      return "media_failed";
  }
}

/** Our own tracks. Turning the camera off stops it, so that its light goes out; muting keeps the microphone and sends silence. */
export class Media {
  /** @param {{onChange?: () => void, onProblem?: (key: string) => void, devices?: MediaDevices}} [parts]
   *  `onProblem` hears the word key of what happened to a device while it was in use */
  constructor({ onChange = () => {}, onProblem = () => {}, devices = navigator.mediaDevices } = {}) {
    this.onChange = onChange;
    this.onProblem = onProblem;
    this.devices = devices;
    /** @type {MediaStreamTrack|null} */
    this.audio = null;
    /** @type {MediaStreamTrack|null} */
    this.video = null;
    this.muted = false;
    this.cameraOn = true;
    this.noise = true;
    this.audioDevice = "";
    this.videoDevice = "";
    /** @type {string|null} the word key of the last refusal */
    this.problem = null;
  }

  /** Ask for what is wanted, and for less when it is refused. Never rejects. @returns {Promise<MediaMode>} */
  async open() {
    this.problem = null;
    if (!this.devices?.getUserMedia) {
      this.problem = "media_insecure";
    } else if (this.cameraOn) {
      try {
        this.#adopt(await this.devices.getUserMedia({ audio: this.#audioWish(), video: this.#videoWish() }));
      } catch (error) {
        this.problem = mediaProblem(error);
        await this.#openApart();
      }
    } else {
      await this.#openOne("audio");
    }
    this.onChange();
    return this.mode;
  }

  /** @returns {MediaMode} */
  get mode() {
    if (this.audio) return this.video ? "both" : "audio";
    return this.video ? "video" : "none";
  }

  /** @param {boolean} muted */
  setMuted(muted) {
    this.muted = muted;
    if (this.audio) this.audio.enabled = !muted;
    this.onChange();
  }

  /** @param {boolean} on */
  async setCamera(on) {
    this.cameraOn = on;
    if (!on) {
      this.video?.stop();
      this.video = null;
    } else if (!this.video) {
      this.problem = null;
      await this.#openOne("video");
    }
    this.onChange();
  }

  /** Change a device; the old one is let go first, as phones allow one at a time. @param {"audio"|"video"} kind @param {string} id */
  async choose(kind, id) {
    if (kind === "audio") this.audioDevice = id;
    else this.videoDevice = id;
    if (kind === "video" && !this.cameraOn) return;
    this[kind]?.stop();
    this[kind] = null;
    await this.#openOne(kind);
    this.onChange();
  }

  /** Quieten fans and streets, or not (music lessons). @param {boolean} on */
  async setNoise(on) {
    if (this.noise === on) return;
    this.noise = on;
    if (this.audio) await this.choose("audio", this.audioDevice);
    else this.onChange();
  }

  /** Devices came or went, or the page is looked at again: what is missing is tried once more. */
  async look() {
    const gone = (/** @type {MediaStreamTrack|null} */ track) => !track || track.readyState === "ended";
    if (gone(this.audio) && (this.audio || this.problem === "media_missing" || this.problem === "media_device_gone")) await this.#regain("audio");
    if (this.video && gone(this.video)) await this.#regain("video");
  }

  /** @returns {Promise<{kind: string, id: string, label: string}[]>} the microphones and cameras there are */
  async list() {
    const all = (await this.devices?.enumerateDevices?.()) ?? [];
    return all
      .filter(({ kind, deviceId }) => kind !== "audiooutput" && deviceId !== "")
      .map(({ kind, deviceId, label }) => ({ kind: kind === "audioinput" ? "audio" : "video", id: deviceId, label }));
  }

  close() {
    this.audio?.stop();
    this.video?.stop();
    this.audio = this.video = null;
  }

  async #openApart() {
    await this.#openOne("audio");
    if (this.problem !== "media_denied") await this.#openOne("video");
  }

  /** @param {"audio"|"video"} kind */
  async #openOne(kind) {
    if (!this.devices?.getUserMedia) {
      this.problem = "media_insecure";
      return;
    }
    const wish = kind === "audio" ? { audio: this.#audioWish() } : { video: this.#videoWish() };
    try {
      this.#adopt(await this.devices.getUserMedia(wish));
    } catch (error) {
      this.problem = mediaProblem(error);
      if (kind === "video") this.cameraOn = false;
    }
  }

  /** @param {MediaStream} stream */
  #adopt(stream) {
    for (const track of stream.getTracks()) {
      const kind = track.kind === "audio" ? "audio" : "video";
      this[kind]?.stop();
      this[kind] = track;
      if (kind === "audio") track.enabled = !this.muted;
      // The system may take a device away: a phone call comes in, a headset is unplugged.
      track.addEventListener("ended", () => this.#lost(kind, track));
      if (kind === "audio") this.#watchMute(track);
    }
  }

  /** @param {"audio"|"video"} kind @param {MediaStreamTrack} track */
  async #lost(kind, track) {
    if (this[kind] !== track) return;
    await this.#regain(kind);
  }

  /** @param {"audio"|"video"} kind */
  async #regain(kind) {
    this[kind] = null;
    if (kind === "audio") this.audioDevice = "";
    else this.videoDevice = "";
    this.problem = null;
    await this.#openOne(kind);
    const found = /** @type {MediaStreamTrack|null} */ (this[kind]) !== null;
    this.onProblem(found ? "media_device_gone" : kind === "audio" ? "media_no_microphone" : "media_no_camera");
    this.onChange();
  }

  /** @param {MediaStreamTrack} track the system silences it while a phone call comes in */
  #watchMute(track) {
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    let taken;
    let told = false;
    track.addEventListener("mute", () => {
      taken = setTimeout(() => {
        if (this.audio !== track) return;
        told = true;
        this.onProblem("media_taken");
      }, TAKEN_MS);
    });
    track.addEventListener("unmute", () => {
      clearTimeout(taken);
      if (told && this.audio === track) this.onProblem("media_given_back");
      told = false;
    });
  }

  #audioWish() {
    const wish = { ...AUDIO, noiseSuppression: this.noise };
    return this.audioDevice ? { ...wish, deviceId: { exact: this.audioDevice } } : wish;
  }

  #videoWish() {
    return this.videoDevice ? { ...VIDEO, deviceId: { exact: this.videoDevice } } : VIDEO;
  }
}
