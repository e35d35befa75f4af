// One sound out of two: the voice and what the shared screen plays. No DOM.

export class Mix {
  constructor() {
    /** @type {MediaStreamTrack|null} */
    this.voice = null;
    /** @type {MediaStreamTrack|null} */
    this.screen = null;
    /** @type {AudioContext|null} */
    this.context = null;
    /** @type {MediaStreamTrack|null} */
    this.mixed = null;
  }

  /**
   * The track to send: the voice as it is while the screen is silent, else both in one. A muted voice stays muted in it.
   * @param {MediaStreamTrack|null} voice @param {MediaStreamTrack|null} screen @returns {MediaStreamTrack|null}
   */
  track(voice, screen) {
    if (!screen || !voice || typeof AudioContext === "undefined") {
      this.close();
      return voice ?? screen;
    }
    if (voice === this.voice && screen === this.screen) return this.mixed;
    this.close();
    this.voice = voice;
    this.screen = screen;
    const context = new AudioContext();
    const out = context.createMediaStreamDestination();
    for (const track of [voice, screen]) context.createMediaStreamSource(new MediaStream([track])).connect(out);
    void context.resume().catch(() => {}); // it was made in a click
    this.context = context;
    this.mixed = out.stream.getAudioTracks()[0];
    return this.mixed;
  }

  close() {
    this.mixed?.stop();
    void this.context?.close().catch(() => {});
    this.voice = this.screen = this.context = this.mixed = null;
  }
}
