// How loud a track is, for the microphone's bars and the speaking ring. No DOM.

/** @type {AudioContext|undefined} one for the page: browsers allow only a few */
let context;

/** Listens to a track and reports loudness from 0 to 1 about ten times a second. */
export class Level {
  /** @param {{onLevel: (level: number) => void}} parts */
  constructor({ onLevel }) {
    this.onLevel = onLevel;
    /** Whether the track gives nothing at all: not a quiet room, but digital silence. */
    this.silent = false;
    /** @type {MediaStreamAudioSourceNode|null} */
    this.source = null;
    /** @type {MediaStreamTrack|null} */
    this.track = null;
  }

  /** @param {MediaStreamTrack|null} track */
  listen(track) {
    if (track === this.track) return;
    this.stop();
    this.track = track;
    if (!track || typeof AudioContext === "undefined") return;
    context ??= new AudioContext();
    if (context.state === "suspended") void context.resume().catch(() => {});
    this.source = context.createMediaStreamSource(new MediaStream([track]));
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    this.source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      let sum = 0;
      for (const sample of samples) sum += sample * sample;
      this.silent = sum === 0;
      const decibels = 10 * Math.log10(sum / samples.length + 1e-10);
      this.onLevel(Math.min(1, Math.max(0, (decibels + 60) / 50)));
    }, 100);
  }

  stop() {
    clearInterval(this.timer);
    this.source?.disconnect();
    this.source = null;
    this.track = null;
    this.silent = false;
  }
}

/** Says whether someone speaks: above `on` at once, below it only after a pause, so that the ring does not flicker. */
export class Speaking {
  /** @param {(speaking: boolean) => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    this.speaking = false;
    this.quiet = 8;
  }

  /** @param {number} level 0 to 1 */
  hear(level) {
    if (level > 0.35) this.quiet = 0;
    else this.quiet += 1;
    const speaking = this.quiet < 8;
    if (speaking !== this.speaking) {
      this.speaking = speaking;
      this.onChange(speaking);
    }
  }
}
