// Showing the screen in place of the camera. No DOM.

/** Whether this browser can share a screen. Phones can't, whatever their API says. */
export function canShareScreen() {
  const phone = /Android|iPhone|iPad|Mobile/i.test(navigator.userAgent) || (navigator.maxTouchPoints > 1 && /Mac/.test(navigator.userAgent));
  return !phone && typeof navigator.mediaDevices?.getDisplayMedia === "function";
}

/** A screen share: one picture, its sound where the browser gives it, and a word when it ends, by us or by the browser's own bar. */
export class Screen {
  /** @param {{onChange: (track: MediaStreamTrack|null) => void}} parts */
  constructor({ onChange }) {
    this.onChange = onChange;
    /** @type {MediaStreamTrack|null} */
    this.track = null;
    /** @type {MediaStreamTrack|null} */
    this.audio = null;
    this.asking = false;
  }

  /** Ask for a screen; must be called from a click. @returns {Promise<boolean>} false when the person chose none */
  async start() {
    if (this.track || this.asking) return true;
    this.asking = true;
    let stream;
    try {
      // Not this tab: two people would look into a hall of mirrors. Its sound, never that of this tab: it would echo.
      const wish = { video: { frameRate: { max: 15 } }, audio: { suppressLocalAudioPlayback: false }, selfBrowserSurface: "exclude", systemAudio: "include" };
      stream = await navigator.mediaDevices.getDisplayMedia(/** @type {any} */ (wish));
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") return false; // closed the picker: nothing to say
      throw error;
    } finally {
      this.asking = false;
    }
    const [track] = stream.getVideoTracks();
    this.audio = stream.getAudioTracks()[0] ?? null;
    track.contentHint = "detail";
    track.addEventListener("ended", () => this.track === track && this.stop());
    this.track = track;
    this.onChange(track);
    return true;
  }

  stop() {
    const track = this.track;
    if (!track) return;
    this.track = null;
    track.stop();
    this.audio?.stop();
    this.audio = null;
    this.onChange(null);
  }
}
