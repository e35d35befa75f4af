// What stands around the call in the room: more time, captions, hints about the sound, the floating picture, the list of keys.

import { announce, fill } from "./announce.js";
import { CaptionLines, Ear, readCaption, speechRecognition } from "./captions.js";
import { Extend } from "./extend.js";
import { on } from "./line.js";
import { makePicture } from "./picture.js";
import { ASK, TELL } from "./protocol.js";
import { SoundHints } from "./sound_hints.js";
import { fillSpeakers, useSpeaker } from "./speaker.js";

const GONE_SECONDS = 20;
const HINT_MS = 100;
const FLOWS_MS = 1200;

export class Around {
  /** @param {import("./room.js").Room} room */
  constructor(room) {
    this.room = room;
    const { facts, words } = room;
    const notice = (/** @type {string} */ text) => room.notice(text);
    this.extend = new Extend({ facts, seat: room.seat, clock: room.clock, onNotice: notice });
    this.hints = new SoundHints({ say: (key) => notice(fill(words[key], { name: facts.name })) });
    room.media.onMutedSpeech = () => this.hints.mutedSpeech();
    this.goneTold = true;
    this.#captions();
    this.#picture();
    this.#keys();
    void this.#speaker();
    setInterval(() => this.#feel(), HINT_MS);
  }

  /** We sit (again). */
  joined() {
    void this.extend.joined();
  }

  /** A message of the other page over the data channel. @param {string} event @param {any} data @returns {boolean} whether it was ours */
  hear(event, data) {
    if (event !== ASK.CAPTION_SAY) return false;
    this.#caption(data);
    return true;
  }

  /** Whether sound or picture of the other one still comes: their socket may be gone while the call goes on. */
  flows() {
    const now = performance.timeOrigin + performance.now();
    const receivers = this.room.call.peer.pc?.getReceivers() ?? [];
    return receivers.some((receiver) => receiver.getSynchronizationSources().some(({ timestamp }) => Math.abs(now - timestamp) < FLOWS_MS));
  }

  /** The controls have changed: who is muted is not listened to by the captions either. */
  changed() {
    const { media } = this.room.media;
    this.ear?.set({ muted: media.muted || !media.audio });
  }

  /** Twice a second: who has been away for the whole grace is said to have left, once. @param {import("./room_status.js").Lines} lines */
  tick(lines) {
    const gone = !lines.here && lines.everMet && !lines.leftOnPurpose && lines.goneSeconds >= GONE_SECONDS;
    if (gone && !this.goneTold) announce(fill(this.room.words.left, { name: this.room.facts.name }));
    this.goneTold = gone;
  }

  #captions() {
    const { facts, words, call, seat } = this.room;
    const place = /** @type {HTMLElement} */ (document.querySelector("[data-captions]"));
    this.lines = new CaptionLines(place, { me: words.you, other: facts.name });
    on(TELL.CAPTION_SAID, (data) => this.#caption(data));
    const row = /** @type {HTMLElement} */ (document.querySelector("[data-captions-row]"));
    row.hidden = !speechRecognition();
    if (row.hidden) return;
    const box = /** @type {HTMLInputElement} */ (row.querySelector("input"));
    this.ear = new Ear({
      lang: document.documentElement.lang === "hi" ? "hi-IN" : navigator.language || "en-IN",
      send: (caption) => {
        this.lines?.show("me", caption);
        const message = JSON.stringify({ event: ASK.CAPTION_SAY, data: caption });
        if (!call.peer.channels.sendText(message)) seat.throw(ASK.CAPTION_SAY, caption);
      },
      onRefused: () => {
        box.checked = false;
        this.room.notice(words.captions_refused);
      },
    });
    box.addEventListener("change", () => {
      this.ear?.set({ wanted: box.checked });
      this.room.notice(box.checked ? fill(words.captions_on, { name: facts.name }) : words.captions_off);
    });
  }

  /** @param {any} data */
  #caption(data) {
    const caption = readCaption(data);
    if (caption) this.lines?.show("other", caption);
  }

  #picture() {
    const button = /** @type {HTMLElement|null} */ (document.querySelector("[data-picture]"));
    if (button) makePicture(this.room.media.remote, button, (failed) => failed && this.room.notice(this.room.words.picture_none));
  }

  #keys() {
    const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("[data-keys-dialog]"));
    document.querySelector("[data-keys-row]")?.addEventListener("click", () => dialog.showModal());
  }

  async #speaker() {
    const { remote } = this.room.media;
    await useSpeaker(remote);
    const select = /** @type {HTMLSelectElement} */ (document.querySelector("[data-speaker]"));
    const fill = () => fillSpeakers(select, () => void useSpeaker(remote));
    navigator.mediaDevices?.addEventListener?.("devicechange", () => void fill().then(() => useSpeaker(remote)));
    await fill();
  }

  #feel() {
    const { media, lines } = this.room;
    const stream = /** @type {MediaStream|null} */ (media.remote.srcObject);
    const track = stream?.getAudioTracks()[0];
    this.hints.tick({
      own: Boolean(media.media.audio) && !media.media.muted && (media.media.audio?.muted === true || media.ownLevel.silent),
      // The receiving track is muted by the browser while nothing arrives for it.
      other: lines.call === "connected" && lines.here && media.peer.microphone && (!track || track.muted),
    });
  }
}
