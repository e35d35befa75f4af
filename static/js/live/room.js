// The room, put together. Each part knows its own subject; here they meet.

import { announce, fill } from "./announce.js";
import { Around } from "./around.js";
import { seat } from "./arrival.js";
import { Call } from "./call.js";
import { LessonClock } from "./clock.js";
import { ChatDigest } from "./board_digest.js";
import { bindSaves } from "./board_save.js";
import { Controls } from "./controls.js";
import { Diagnostics } from "./diagnostics.js";
import { Journal, pageOf } from "./journal.js";
import { on, release } from "./line.js";
import { Notice, stayAwake } from "./notice.js";
import { ASK, BOARD, CHAT, TELL } from "./protocol.js";
import { Quality, judge } from "./quality.js";
import { RoomBoard } from "./room_board.js";
import { makeChat } from "./room_chat.js";
import { leaveDialog, rateDialog, seatDialog } from "./room_dialogs.js";
import { showClock, showSaved, showUnread } from "./room_marks.js";
import { RoomLog } from "./room_log.js";
import { RoomMedia } from "./room_media.js";
import { StatusLine } from "./room_status.js";
import { Seat } from "./seat.js";

const FLUSH_MS = 1500;

export class Room {
  /** @param {HTMLElement} root @param {{seat?: Seat, media?: import("./media.js").Media}} [brought] what whoever comes from the lobby has already */
  constructor(root, brought = {}) {
    this.root = root;
    this.facts = JSON.parse(root.dataset.facts ?? "{}");
    const { facts } = this;
    this.words = facts.words;
    this.clock = new LessonClock(facts);
    this.status = new StatusLine({ root, words: this.words, name: facts.name });
    this.synced = false;
    this.line = new Notice(root);
    this.chatWord = document.querySelector('[data-control="chat"] [data-word]')?.textContent ?? "";
    /** @type {import("./room_status.js").Lines} */
    this.lines = {
      lineUp: false, downSeconds: 0, everUp: false, call: "idle", failed: false, here: false, flows: false, everMet: false,
      leftOnPurpose: false, goneSeconds: 0, soundBlocked: false, lowData: false, quality: null,
    };
    this.journal = new Journal({
      ask: async (since, most) => pageOf(await this.seat.ask(ASK.JOURNAL_SYNC, { since, most })),
      onEntry: (entry) => this.#entry(entry),
      together: (receive) => this.board.board.together(receive),
    });
    this.seat = brought.seat ?? seat ?? new Seat({ session: facts.session });
    this.diagnostics = new Diagnostics({ ask: (event, data) => this.seat.ask(event, data) });
    const onTrace = (/** @type {string} */ kind, /** @type {string} */ value) => this.diagnostics.mark(kind, value);
    this.call = new Call({
      line: this.seat,
      iceUrl: facts.ice_url,
      policy: facts.policy,
      onState: (state) => this.#callState(state),
      onStream: (stream) => this.media.show(stream),
      onData: (text) => this.#data(text),
      onPeer: (here, onPurpose) => this.#peer(here, onPurpose),
      onVoiceOnly: () => this.media.adapt.voiceOnly(),
      onTrace,
    });
    this.media = new RoomMedia({
      root, facts, call: this.call, seat: this.seat, media: brought.media,
      onNotice: (text) => this.notice(text),
      onChange: () => this.#showControls(),
      onTrace,
    });
    this.media.onSound = (heard) => (this.lines.soundBlocked = !heard);
    this.board = new RoomBoard({
      root: /** @type {HTMLElement} */ (root.querySelector("[data-board]")),
      facts, seat: this.seat, journal: this.journal,
      direct: (event, data, lane, last) => this.call.peer.channels.sendText(JSON.stringify({ event, data }), lane, last),
      onWaiting: () => this.#showSaved(),
      notice: (text) => this.notice(text),
    });
    bindSaves(document, {
      state: () => this.board.board.view, page: () => this.board.view.page, name: "peerlearn-board",
      onFailed: () => this.notice(this.words.board_save_failed),
    });
    const { panel, outbox, read, files } = makeChat({ peer: this.call.peer, root, facts, seat: this.seat, journal: this.journal, onUnread: (count) => showUnread(this.words, count) });
    this.chat = panel;
    this.chatDigest = new ChatDigest();
    this.chatBox = outbox;
    this.chatRead = read;
    this.files = files;
    this.log = new RoomLog({ facts, journal: this.journal, board: this.board, chat: panel, chatBox: outbox });
    this.quality = new Quality({
      peer: this.call.peer,
      onReading: (reading) => {
        const word = judge(reading);
        this.lines.quality = { word, relayed: reading.relayed, kBps: (reading.kbps + reading.upKbps) / 8 };
        onTrace("path", reading.relayed ? "relay" : "direct");
        this.media.feel(reading);
      },
    });
    this.controls = new Controls({
      root: document,
      actions: {
        mute: () => this.media.toggleMute(),
        camera: () => void this.media.toggleCamera(),
        screen: () => void this.media.toggleScreen(),
        hand: () => this.media.toggleHand(),
        chat: () => this.toggleChat(),
      },
      keys: { m: "mute", c: "camera", s: "screen", h: "hand", t: "chat" },
      otherKey: (event) => this.board.tools.key(event),
    });
    this.around = new Around(this);
    this.#listen();
    if (new URLSearchParams(location.search).has("chat")) this.toggleChat(true);
    this.#showControls();
    void this.media.open();
    stayAwake();
    this.ticker = setInterval(() => this.#tick(), 500);
    this.#tick();
    this.seat.attend({
      onJoined: (joined, asked, heard) => void this.#joined(joined, asked, heard),
      onLine: (up) => this.#line(up),
      onTaken: seatDialog,
      onMoved: () => this.#moved(),
      onClosed: () => location.replace(facts.lobby_url),
    });
    release();
  }

  /** @param {string} text */
  notice(text) {
    this.line.say(text);
  }

  /** @param {boolean} [open] */
  toggleChat(open = !this.root.classList.contains("chat-open")) {
    // Wide screens always show the chat: there the key and the button lead into its field.
    this.root.classList.toggle("chat-open", open);
    const field = /** @type {HTMLTextAreaElement} */ (this.root.querySelector("#chat-text"));
    if (open || this.chat.open) {
      this.chat.read();
      field.focus({ preventScroll: true });
    }
    this.#showControls();
  }

  /** End the lesson for both; what was drawn is written first. */
  async end() {
    const until = Date.now() + FLUSH_MS;
    while (this.board.outbox.items.length + this.chatBox.items.length > 0 && Date.now() < until) {
      await new Promise((done) => setTimeout(done, 50));
    }
    await this.seat.ask(ASK.ROOM_END, {});
  }

  /** Leave the page for good. @param {string} url */
  go(url) {
    this.#quit();
    location.replace(url);
  }

  /** Nothing of the lesson goes on. */
  #quit() {
    clearInterval(this.ticker);
    this.diagnostics.stop();
    this.quality.stop();
    this.seat.left = true;
    this.call.stop();
    this.media.close();
  }

  /** The lesson is over for both: ask at once, then let go of the call. @param {string} state */
  #ended(state) {
    if (state !== "completed") return this.go(this.facts.lesson_url);
    rateDialog(this.facts.feedback_url);
    this.#quit();
    this.root.dataset.state = "over";
  }

  /** Stand up; the seat stays free for coming back. */
  async stepOut() {
    await this.seat.leave();
    this.go(this.facts.lesson_url);
  }

  #listen() {
    on(TELL.JOURNAL_APPENDED, ({ entries }) => this.journal.receive(entries));
    // A server that died between writing a line and telling us leaves its author to sit down again.
    on(TELL.PEER_ENTERED, () => this.journal.sync().catch(() => {}));
    on(TELL.INK, (ink) => this.board.hear(TELL.INK, ink));
    on(TELL.VIEW_SHOWN, (view) => this.board.hear(TELL.VIEW_SHOWN, view));
    on(TELL.TYPING_SHOWN, () => this.chat.showTyping());
    on(TELL.MEDIA_CHANGED, (media) => this.media.hear(media));
    on(TELL.ROOM_ENDED, ({ state }) => this.#ended(state));
    leaveDialog({
      end: () => this.end(),
      stepOut: () => void this.stepOut(),
      offline: this.words.banner_socket_alone,
    });
    document.querySelector("[data-diagnostics]")?.addEventListener("click", () => {
      this.diagnostics.send().then(
        () => this.notice(this.words.diagnostics_sent),
        () => this.notice(this.words.diagnostics_waits),
      );
    });
    document.querySelector("[data-hand-row]")?.addEventListener("click", () => this.media.toggleHand());
    document.querySelector("[data-chat-close]")?.addEventListener("click", () => this.toggleChat(false));
    document.querySelector("[data-banner]")?.addEventListener("click", () => void this.media.play?.());
  }

  /** @param {import("./journal.js").Entry} entry */
  #entry(entry) {
    if (entry.kind === BOARD) this.board.confirm(entry, this.synced);
    else if (entry.kind === CHAT) {
      this.chat.confirm(entry);
      this.chatDigest.add(entry);
      this.root.dataset.chatDigest = `${entry.seq}:${this.chatDigest.word}`;
      if (entry.payload.file) this.files.noted(entry.payload.file);
      if (entry.author !== this.facts.me) this.chatRead.came(entry.seq);
      if (this.synced && entry.author !== this.facts.me) this.chat.heard(entry);
    }
    this.#showSaved();
  }

  /** @param {import("./seat.js").Joined} joined @param {number} asked @param {number} heard */
  async #joined(joined, asked, heard) {
    this.clock.time.learn(joined.server, asked, heard);
    this.lines.here = joined.peer !== null;
    this.call.joined(joined);
    this.media.tell();
    performance.mark("room-asked"); // `make bench-board` reads it
    this.around.joined();
    try {
      await this.log.catchUp(joined.seq);
      this.synced = true;
    } catch {
      return; // the line went down again: the next joining fetches the rest
    }
    if (this.lines.here) this.board.setPeer(true);
    this.board.outbox.setOpen(true);
    this.chatBox.setOpen(true);
    this.chatRead.setOpen(true);
    this.root.dataset.state = "ready";
  }

  /** @param {boolean} up */
  #line(up) {
    this.lines.lineUp = up;
    this.diagnostics.mark("line", up ? "up" : "down");
    if (up) this.lines.everUp = true;
    else {
      this.downSince = performance.now();
      this.board.outbox.setOpen(false);
      this.chatBox.setOpen(false);
      this.chatRead.setOpen(false);
    }
    this.chat.setLine(up);
    this.#showSaved();
    this.#tick();
  }

  /** @param {import("./peer.js").CallState} state */
  #callState(state) {
    this.lines.call = state;
    if (state === "connected") {
      this.lines.failed = false;
      this.media.connected();
      this.files.resume();
    } else if (state === "failed") this.lines.failed = true;
    this.root.dataset.call = state;
    this.#tick();
  }

  /** @param {boolean} here @param {boolean} onPurpose */
  #peer(here, onPurpose) {
    const before = this.lines.here;
    if (here !== before) this.board.setPeer(here);
    this.lines.here = here;
    this.lines.leftOnPurpose = onPurpose;
    if (here) {
      if (!before) {
        announce(fill(this.words.entered, { name: this.facts.name }));
        this.media.tell();
      }
      this.lines.everMet = true;
    } else {
      this.goneSince = performance.now();
      if (onPurpose) this.notice(fill(this.words.left, { name: this.facts.name }));
    }
    this.#tick();
  }

  /** @param {string} text from the other browser */
  #data(text) {
    try {
      const { event, data } = JSON.parse(text);
      if (!this.around.hear(event, data)) this.board.hear(event, data);
    } catch {
      // Not ours: dropped, as anything volatile may be.
    }
  }

  #moved() {
    this.call.stop();
    this.media.close();
    seatDialog(() => location.reload(), this.words.seat_moved);
  }

  #showControls() {
    const { media, screen, hand, lowData } = this.media;
    const w = this.words;
    this.lines.lowData = lowData;
    this.around?.changed();
    this.controls?.show("mute", { pressed: media.muted || !media.audio, word: media.muted || !media.audio ? w.unmute : w.mute });
    this.controls?.show("camera", { pressed: !media.video, word: media.video ? w.camera : w.camera_on });
    this.controls?.show("screen", { pressed: Boolean(screen.track), word: screen.track ? w.share_stop : w.share });
    this.controls?.show("hand", { pressed: hand, word: hand ? w.hand_down : w.hand, off: false });
    this.controls?.show("chat", { pressed: this.root.classList.contains("chat-open"), word: this.chatWord, off: false });
  }

  /** Once a frame, however many lines arrive. */
  #showSaved() {
    if (this.savedWanted) return;
    this.savedWanted = true;
    requestAnimationFrame(() => {
      this.savedWanted = false;
      this.#showSavedNow();
    });
  }

  #showSavedNow() {
    if (!this.board) return;
    const waiting = this.board.outbox.items.length;
    showSaved(this.root, this.words, { waiting, count: this.board.board.view.count(), lineUp: this.lines.lineUp });
  }

  #tick() {
    const reading = this.clock.read();
    showClock(this.root, this.words, reading);
    if (reading.warning) this.notice(this.words[`warning_${reading.warning}`]);
    const since = (/** @type {number|undefined} */ at) => (at === undefined ? 0 : Math.floor((performance.now() - at) / 1000));
    this.lines.downSeconds = this.lines.lineUp ? 0 : since(this.downSince);
    this.lines.goneSeconds = this.lines.here ? 0 : since(this.goneSince);
    this.lines.flows = this.lines.here || Boolean(this.around?.flows());
    this.status.show(this.lines);
    this.around?.tick(this.lines);
  }
}
