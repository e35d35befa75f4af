// The board of this room, put together: log, view, hands, tools, pictures and text.

import { BoardHand } from "./board_hand.js";
import { BoardPointer } from "./board_pointer.js";
import { Board } from "./board.js";
import { showDigest } from "./board_digest.js";
import { asLogged, asSeen } from "./board_state.js";
import { BoardTools } from "./board_tools.js";
import { BoardView } from "./board_view.js";
import { History } from "./board_history.js";
import { announce, fill } from "./announce.js";
import { newId } from "./ids.js";
import { InkReceiver, InkSender } from "./ink.js";
import { Outbox } from "./journal.js";
import { Refused } from "./line.js";
import { pictureStep } from "./photo.js";
import { ASK, BOARD, LIMIT, TELL } from "./protocol.js";
import { Shelf } from "./shelf.js";

/** @typedef {import("./board_state.js").Operation} Operation */

const CURSOR_STAYS_MS = 6000;
const TEXT_SIZE = 220;

export class RoomBoard {
  /**
   * @param {{root: HTMLElement, facts: any, seat: import("./seat.js").Seat, journal: import("./journal.js").Journal,
   *   direct: (event: string, data: unknown) => boolean|null, onWaiting: (count: number) => void}} parts
   * `direct` sends over the data channel and says whether it could
   */
  constructor({ root, facts, seat, journal, direct, onWaiting }) {
    this.root = root;
    this.facts = facts;
    this.seat = seat;
    this.direct = direct;
    this.words = facts.words;
    /** @type {((text: string) => void)|undefined} set by the room: a line for the person */
    this.onNotice = undefined;
    /** @type {import("./ink.js").InkPoint|undefined} */
    this.peerCursor = undefined;
    /** @type {number|undefined} */
    this.peerPage = undefined;
    this.board = new Board();
    this.history = new History();
    this.received = new InkReceiver(() => this.view?.redrawLive());
    /** @type {Outbox<{client_id: string, op: any}>} */
    this.outbox = new Outbox({
      shelf: new Shelf({ box: `board ${facts.session} ${facts.me}`, ends: facts.ends }),
      batch: LIMIT.OPERATIONS_PER_COMMIT,
      room: LIMIT.COMMIT_BYTES - 4096,
      size: (item) => JSON.stringify(item).length,
      send: async (steps) => {
        try {
          return (await seat.ask(ASK.BOARD_COMMIT, { steps })).answers;
        } catch (error) {
          // What can never be written must not stand before what can.
          if (error instanceof Refused && ["bad_payload", "board_operation_invalid"].includes(error.code)) {
            return steps.map(({ client_id }) => ({ client_id, code: error.code, message: error.message }));
          }
          throw error;
        }
      },
      onAnswer: ({ client_id, op }, answer) => {
        if (answer.seq) journal.receive([{ seq: answer.seq, kind: BOARD, author: facts.me, client_id, payload: op, at: answer.at ?? 0 }]);
        else {
          this.board.refuse(client_id);
          announce(answer.message ?? this.words.board_refused);
        }
      },
      onChange: onWaiting,
    });
    this.view = new BoardView({ root, board: this.board, onMove: () => this.#show() });
    this.sender = new InkSender({
      direct: (ink) => this.direct(ASK.INK, ink),
      relay: (ink) => seat.throwInk(ink),
    });
    this.hand = new BoardHand({
      view: this.view,
      commit: (op, touched) => this.commit(op, touched),
      sender: this.sender,
      onHover: (x, y) => this.sender.point(this.view.page, x, y),
      onText: (spot) => this.#askText(spot),
      color: facts.side === "mentor" ? 0 : 2,
    });
    this.view.unfinished = () => [
      ...[...this.received.strokes.values()].map((ink) => ({ op: { do: "stroke", ...ink } })),
      ...(this.hand.current ? [{ op: this.hand.current }] : []),
    ];
    this.tools = new BoardTools({
      root: document,
      hand: this.hand,
      words: this.words,
      actions: {
        undo: () => this.#write(this.history.undo(this.board.view)),
        redo: () => this.#write(this.history.redo(this.board.view)),
        page: (step) => this.showPage(this.view.page + step),
        addPage: () => this.#addPage(),
        clear: () => this.#clear(),
        zoom: (factor) => this.view.zoom(factor),
        home: () => this.view.home(),
      },
    });
    new BoardPointer({
      surface: root,
      hand: this.hand,
      onPan: (dx, dy) => this.view.pan(dx, dy),
      onZoom: (factor, x, y) => this.view.zoom(factor, x, y),
      moves: () => this.hand.tool === "move",
    });
    this.board.onChange(() => this.#showSoon());
    showDigest(root, this.board);
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-photo]"))) {
      input.addEventListener("change", () => this.#photo(input));
    }
    root.querySelector("[data-follow]")?.addEventListener("click", () => this.showPage(this.peerPage ?? 0));
    root.addEventListener("dragover", (event) => event.preventDefault());
    root.addEventListener("drop", (event) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file) void this.#addPicture(file);
    });
    this.#show();
  }

  /** Write a step of ours. @param {Operation} op @param {string[]} [touched] ids it hides */
  commit(op, touched) {
    this.history.remember(op, touched, this.board.view);
    this.#write(op);
  }

  /** Show again what an earlier page of this person could not send. To be called before the log is read. */
  async restore() {
    const { me, server } = this.facts;
    for (const { client_id, op } of await this.outbox.restore(server)) this.board.draw({ seq: 0, author: me, client_id, op: asSeen(op) ?? op });
  }

  /** A board line of the log. @param {import("./journal.js").Entry} entry @param {boolean} fresh whether it came while we looked */
  confirm(entry, fresh) {
    const op = /** @type {Operation} */ (entry.payload);
    this.board.confirm({ seq: entry.seq, author: entry.author, client_id: entry.client_id, op });
    if (op.id) this.received.finish(op.id);
    if (fresh && op.do === "page_add" && entry.author !== this.facts.me) this.showPage(this.board.view.pages - 1);
  }

  /** A volatile message of the other one. @param {string} event @param {any} data */
  hear(event, data) {
    const at = event === TELL.INK ? this.received.take(data) : null;
    if (!at) return;
    this.peerPage = at.page;
    this.peerCursor = at;
    clearTimeout(this.cursorTimer);
    this.cursorTimer = setTimeout(() => {
      this.peerCursor = undefined;
      this.#showCursor();
    }, CURSOR_STAYS_MS);
    this.#showCursor();
  }

  /** @param {number} page */
  showPage(page) {
    const wanted = Math.min(this.board.view.pages - 1, Math.max(0, page));
    if (wanted === this.view.page) return;
    this.view.showPage(wanted);
    this.#show();
    this.sender.point(wanted, 0, 0); // the other one may want to follow
    announce(fill(this.words.page, { page: wanted + 1, pages: this.board.view.pages }));
  }

  /** @param {Operation|null} op */
  #write(op) {
    if (!op) return;
    const logged = asLogged(op, this.view.viewport.zoom);
    const seen = asSeen(logged); // what the log will say is what is shown, also of text that the log cleans
    if (!seen) return;
    const client_id = newId();
    this.board.draw({ seq: 0, author: this.facts.me, client_id, op: seen });
    this.outbox.add({ client_id, op: logged });
  }

  #addPage() {
    if (this.board.view.pages >= LIMIT.PAGES) return;
    this.commit({ do: "page_add" });
    this.showPage(this.board.view.pages - 1);
  }

  #clear() {
    if (this.board.view.visible(this.view.page).length > 0) this.commit({ do: "clear", page: this.view.page, mark: newId() });
  }

  /** Once a frame, however many lines arrive. */
  #showSoon() {
    if (this.showWanted) return;
    this.showWanted = true;
    requestAnimationFrame(() => {
      this.showWanted = false;
      this.#show();
    });
  }

  #show() {
    if (!this.view) return;
    const { page, viewport } = this.view;
    const pages = this.board.view.pages;
    this.tools?.show({ page, pages, zoom: viewport.zoom, canRedo: this.history.undone.length > 0, canUndo: this.history.done.length > 0 });
    this.#showCursor();
  }

  /** When the two look at different pages, one tap brings them together. */
  #showFollow() {
    const button = /** @type {HTMLElement} */ (this.root.querySelector("[data-follow]"));
    const apart = this.peerPage !== undefined && this.peerPage !== this.view.page && this.peerPage < this.board.view.pages;
    button.hidden = !apart;
    if (apart) button.textContent = fill(this.words.peer_page, { name: this.facts.name, page: (this.peerPage ?? 0) + 1 });
  }

  #showCursor() {
    this.#showFollow();
    const mark = /** @type {HTMLElement} */ (this.root.querySelector("[data-peer-cursor]"));
    const cursor = this.peerCursor;
    mark.hidden = !cursor || cursor.page !== this.view.page;
    if (!cursor || mark.hidden) return;
    const [x, y] = this.view.viewport.toScreen(cursor.x, cursor.y);
    mark.style.translate = `${x}px ${y}px`;
  }

  /** @param {import("./board_pointer.js").Spot} spot */
  #askText(spot) {
    const field = /** @type {HTMLTextAreaElement} */ (this.root.querySelector("[data-board-text]"));
    const at = this.view.viewport.toBoard(spot.x, spot.y);
    const page = this.view.page;
    field.hidden = false;
    field.value = "";
    field.style.translate = `${spot.x}px ${spot.y}px`;
    field.style.fontSize = `${(TEXT_SIZE / 10) * this.view.viewport.zoom}px`;
    setTimeout(() => field.focus());
    const done = (/** @type {boolean} */ keep) => {
      if (field.hidden) return;
      field.hidden = true;
      const text = field.value.trim().slice(0, LIMIT.TEXT_CHARS);
      if (keep && text) this.commit({ do: "text", id: newId(), page, color: this.hand.color, size: TEXT_SIZE, at, text });
    };
    field.onblur = () => done(true);
    field.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key === "Escape") done(false);
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        done(true);
      }
    };
  }

  /** @param {HTMLInputElement} input */
  #photo(input) {
    const file = input.files?.[0];
    input.value = "";
    if (file) void this.#addPicture(file);
  }

  /** @param {File} file */
  async #addPicture(file) {
    const made = await pictureStep(file, this.view);
    if (typeof made === "string") announce(this.words[made]);
    else this.commit(made);
    this.onNotice?.(typeof made === "string" ? this.words[made] : "");
  }
}
