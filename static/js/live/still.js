// A still picture now and then, where the line carries no moving one. Sent in small pieces with pauses, so that ink is never
// behind a whole picture.

const PIECE_BYTES = 900;
const PIECE_MS = 350;
const EVERY_MS = 4000;
const WIDTH = { camera: 176, screen: 480 };
const MOST_BYTES = 9000;
const HEAD_BYTES = 4;

/** Cut one picture into numbered pieces. @param {Uint8Array} picture @param {number} number 0 to 255 @returns {Uint8Array[]} */
export function cut(picture, number) {
  const count = Math.ceil(picture.length / PIECE_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const part = picture.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES);
    const piece = new Uint8Array(HEAD_BYTES + part.length);
    piece.set([number, index, count, 0]);
    piece.set(part, HEAD_BYTES);
    return piece;
  });
}

/** Puts pieces together again. Foreign bytes are trusted for nothing. */
export class Collector {
  /** @param {(picture: Uint8Array) => void} onPicture */
  constructor(onPicture) {
    this.onPicture = onPicture;
    this.number = -1;
    /** @type {Uint8Array[]} */
    this.parts = [];
  }

  /** @param {ArrayBuffer} data */
  take(data) {
    if (!(data instanceof ArrayBuffer) || data.byteLength <= HEAD_BYTES || data.byteLength > HEAD_BYTES + PIECE_BYTES) return;
    const piece = new Uint8Array(data);
    const [number, index, count] = piece;
    if (index === 0) {
      this.number = number;
      this.parts = [];
    }
    if (number !== this.number || index !== this.parts.length || index >= count || count * PIECE_BYTES > MOST_BYTES + PIECE_BYTES) return;
    this.parts.push(piece.subarray(HEAD_BYTES));
    if (index + 1 < count) return;
    const whole = new Uint8Array(this.parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.parts) {
      whole.set(part, at);
      at += part.length;
    }
    this.number = -1;
    if (whole[0] === 0xff && whole[1] === 0xd8) this.onPicture(whole); // a JPEG and nothing else
  }
}

/** Takes pictures of a track and sends them, for as long as it runs. */
export class Stills {
  /** @param {{send: (piece: Uint8Array) => boolean}} parts `send` is false when the channel is not open or busy */
  constructor({ send }) {
    this.send = send;
    this.number = 0;
    /** @type {MediaStreamTrack|null} */
    this.track = null;
    this.video = document.createElement("video");
    this.video.muted = true;
    this.video.playsInline = true;
    this.canvas = document.createElement("canvas");
  }

  /** @param {MediaStreamTrack|null} track @param {"camera"|"screen"} use null ends it */
  run(track, use) {
    if (track === this.track) return;
    clearTimeout(this.timer);
    this.track = track;
    this.use = use;
    this.video.srcObject = track ? new MediaStream([track]) : null;
    if (!track) return;
    void this.video.play().catch(() => {}); // a track that ended meanwhile
    this.timer = setTimeout(() => void this.#shoot(), 600);
  }

  async #shoot() {
    const { track, video } = this;
    const pieces = video.videoWidth ? cut(await this.#picture(), (this.number = (this.number + 1) % 256)) : [];
    const next = () => {
      if (track !== this.track) return;
      const piece = pieces[0];
      if (piece && this.send(piece)) pieces.shift();
      this.timer = setTimeout(pieces.length ? next : () => void this.#shoot(), pieces.length ? PIECE_MS : EVERY_MS);
    };
    next();
  }

  async #picture() {
    const { video, canvas } = this;
    canvas.width = WIDTH[this.use ?? "camera"];
    canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
    canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
    let bytes = new Uint8Array();
    for (const quality of [0.6, 0.4, 0.25, 0.1]) {
      const blob = /** @type {Blob|null} */ (await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality)));
      bytes = new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0));
      if (bytes.length <= (this.use === "screen" ? MOST_BYTES : MOST_BYTES / 2)) break;
    }
    return bytes.length <= MOST_BYTES ? bytes : new Uint8Array();
  }
}
