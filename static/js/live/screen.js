// Showing the screen in place of the camera. No DOM.

/** Whether this browser can share a screen. Phones can't, whatever their API says. */
export function canShareScreen() {
  const phone = /Android|iPhone|iPad|Mobile/i.test(navigator.userAgent) || (navigator.maxTouchPoints > 1 && /Mac/.test(navigator.userAgent));
  return !phone && typeof navigator.mediaDevices?.getDisplayMedia === "function";
}

/**
 * A screen share: one picture, its sound where the browser gives it, and a word when it ends, by us or by the browser's own bar.
 * The last wish counts: the browser is asked once at a time, and what it gives to a wish that is no more is let go.
 */
export class Screen {
  /** @param {{onChange: (track: MediaStreamTrack|null) => void, devices?: MediaDevices}} parts */
  constructor({ onChange, devices = navigator.mediaDevices }) {
    this.onChange = onChange;
    this.devices = devices;
    /** @type {MediaStreamTrack|null} */
    this.track = null;
    /** @type {MediaStreamTrack|null} */
    this.audio = null;
    this.wanted = false;
    this.asking = false;
  }

  /** Ask for a screen; must be called from a click. @returns {Promise<boolean>} false when the person chose none */
  async start() {
    this.wanted = true;
    if (this.track || this.asking) return true;
    this.asking = true;
    let stream;
    try {
      // Not this tab: two people would look into a hall of mirrors. Its sound, never that of this tab: it would echo.
      const wish = { video: { frameRate: { max: 15 } }, audio: { suppressLocalAudioPlayback: false }, selfBrowserSurface: "exclude", systemAudio: "include" };
      stream = await this.devices.getDisplayMedia(/** @type {any} */ (wish));
    } catch (error) {
      this.wanted = false;
      if (error instanceof DOMException && error.name === "NotAllowedError") return false; // closed the picker: nothing to say
      throw error;
    } finally {
      this.asking = false;
    }
    if (this.wanted) this.#use(stream);
    else for (const track of stream.getTracks()) track.stop();
    return this.wanted;
  }

  stop() {
    this.wanted = false;
    const { track, audio } = this;
    if (!track) return;
    this.track = this.audio = null;
    this.onChange(null); // the senders let go of it first
    track.stop();
    audio?.stop();
  }

  /** @param {MediaStream} stream */
  #use(stream) {
    const [track] = stream.getVideoTracks();
    this.audio = stream.getAudioTracks()[0] ?? null;
    track.contentHint = "detail";
    track.addEventListener("ended", () => this.track === track && this.stop());
    this.track = track;
    this.onChange(track);
  }
}
