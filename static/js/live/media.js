// Camera and microphone, with every way they may be refused, and the lesser modes that still make a lesson. No DOM.

/** @typedef {"both"|"audio"|"video"|"none"} MediaMode */

const AUDIO = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
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
  /** @param {{onChange: () => void, devices?: MediaDevices}} parts */
  constructor({ onChange, devices = navigator.mediaDevices }) {
    this.onChange = onChange;
    this.devices = devices;
    /** @type {MediaStreamTrack|null} */
    this.audio = null;
    /** @type {MediaStreamTrack|null} */
    this.video = null;
    this.muted = false;
    this.cameraOn = true;
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
    }
  }

  /** @param {"audio"|"video"} kind @param {MediaStreamTrack} track */
  async #lost(kind, track) {
    if (this[kind] !== track) return;
    this[kind] = null;
    if (kind === "audio") this.audioDevice = "";
    else this.videoDevice = "";
    this.problem = "media_device_gone";
    await this.#openOne(kind);
    this.onChange();
  }

  #audioWish() {
    return this.audioDevice ? { ...AUDIO, deviceId: { exact: this.audioDevice } } : AUDIO;
  }

  #videoWish() {
    return this.videoDevice ? { ...VIDEO, deviceId: { exact: this.videoDevice } } : VIDEO;
  }
}
