// Showing the screen in place of the camera. No DOM.

/** Whether this browser can share a screen. Phones can't, whatever their API says. */
export function canShareScreen() {
  const phone = /Android|iPhone|iPad|Mobile/i.test(navigator.userAgent) || (navigator.maxTouchPoints > 1 && /Mac/.test(navigator.userAgent));
  return !phone && typeof navigator.mediaDevices?.getDisplayMedia === "function";
}

/** A screen share: one track, and a word when it ends, by us or by the browser's own bar. */
export class Screen {
  /** @param {{onChange: (track: MediaStreamTrack|null) => void}} parts */
  constructor({ onChange }) {
    this.onChange = onChange;
    /** @type {MediaStreamTrack|null} */
    this.track = null;
  }

  /** Ask for a screen; must be called from a click. @returns {Promise<boolean>} false when the person chose none */
  async start() {
    if (this.track) return true;
    let stream;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false });
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") return false; // closed the picker: nothing to say
      throw error;
    }
    const [track] = stream.getVideoTracks();
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
    this.onChange(null);
  }
}

/** Tell the encoder what matters: sharp letters for a screen, fluent movement for a face.
 *  @param {RTCRtpSender|null} sender @param {"screen"|"camera"|"low"} use */
export async function tuneVideo(sender, use) {
  if (!sender) return;
  const wanted = { screen: { rate: 1_500_000, keep: "maintain-resolution" }, camera: { rate: 600_000, keep: "balanced" }, low: { rate: 60_000, keep: "maintain-framerate" } }[use];
  const parameters = sender.getParameters();
  if (!parameters.encodings?.length) return; // not negotiated yet: asked again when connected
  parameters.encodings[0].maxBitrate = wanted.rate;
  /** @type {any} */ (parameters).degradationPreference = wanted.keep;
  await sender.setParameters(parameters).catch(() => {}); // an older browser refuses the preference and works as before
}

/** Let the voice take less when data is dear. @param {RTCRtpSender|null} sender @param {boolean} low */
export async function tuneAudio(sender, low) {
  const parameters = sender?.getParameters();
  if (!sender || !parameters?.encodings?.length) return;
  parameters.encodings[0].maxBitrate = low ? 24_000 : 48_000;
  await sender.setParameters(parameters).catch(() => {}); // an older browser keeps its own rate
}
