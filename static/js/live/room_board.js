// The board of this room, put together: log, view, hand, tools, and what each of them is told.

import { announce, fill } from "./announce.js";
import { Board } from "./board.js";
import { showDigest } from "./board_digest.js";
import { BoardFollow } from "./board_follow.js";
import { BoardHand } from "./board_hand.js";
import { History } from "./board_history.js";
import { BoardKeys } from "./board_keys.js";
import { BoardLock } from "./board_lock.js";
import { BoardMarks } from "./board_marks.js";
import { keptIn } from "./board_history_store.js";
import { BoardNews } from "./board_news.js";
import { boardOutbox } from "./board_outbox.js";
import { BoardOutline } from "./board_outline.js";
import { BoardPeer } from "./board_peer.js";
import { BoardPictures } from "./board_pictures.js";
import { BoardPointer } from "./board_pointer.js";
import { Selection } from "./board_selection.js";
import { asLogged, asSeen } from "./board_state.js";
import { BoardText } from "./board_text.js";
import { textMeasure } from "./board_measure.js";
import { BoardThings } from "./board_things.js";
import { BoardTools } from "./board_tools.js";
import { BoardView } from "./board_view.js";
import { newId } from "./ids.js";
import { encodePoints } from "./ink_code.js";
import { InkReceiver, InkSender } from "./ink.js";
import { ASK, BOARD, LIMIT, TELL } from "./protocol.js";

/** @typedef {import("./board_state.js").Operation} Operation */

export class RoomBoard {
  /**
   * @param {{root: HTMLElement, facts: any, seat: import("./seat.js").Seat, journal: import("./journal.js").Journal,
   *   direct: (event: string, data: unknown, lane?: "ink"|"pointer", last?: boolean) => boolean|null, onWaiting: (count: number) => void, notice: (text: string) => void}} parts
   * `direct` sends over the data channel and says whether it could; `notice` says a line to the person
   */
  constructor({ root, facts, seat, journal, direct, onWaiting, notice }) {
    this.root = root;
    this.facts = facts;
    this.words = facts.words;
    this.notice = notice;
    /** @type {import("./board_pdf.js").BoardPdf|undefined} */
    this.pdf = undefined;
    this.board = new Board();
    this.history = new History({ store: keptIn(`room-history-${facts.session}`) });
    this.received = new InkReceiver(() => this.view?.redrawLive());
    this.outbox = boardOutbox({
      seat, facts,
      onWritten: ({ client_id, op }, { seq, at = 0 }) => journal.receive([{ seq, kind: BOARD, author: facts.me, client_id, payload: op, at }]),
      onRefused: (step, answer) => this.#refused(step, answer),
      onChange: onWaiting,
    });
    this.view = new BoardView({ root, board: this.board, onMove: () => this.#moved() });
    this.sender = new InkSender({ direct: (ink, last) => direct(ASK.INK, ink, ink.length > 3 ? "ink" : "pointer", last), relay: (ink) => seat.throwInk(ink) });
    this.peer = new BoardPeer({ root, view: this.view, side: facts.side });
    this.selection = new Selection({ state: () => this.board.view, textWidth: textMeasure(), onChange: () => this.marks?.show() });
    /** @type {import("./board_hand.js").Bench["commit"]} */
    const commit = (op, touched, group, exact) => this.commit(op, touched, group, exact);
    this.lock = new BoardLock({
      root, side: facts.side, words: this.words, name: facts.name, notice, commit,
      locked: () => this.board.view.locked,
      onLock: () => this.hand.cancel(),
    });
    /** @type {BoardHand} */
    this.hand = new BoardHand({
      view: this.view, commit, sender: this.sender, selection: this.selection,
      color: facts.side === "mentor" ? 0 : 2,
      onHover: (x, y) => this.sender.point(this.view.page, x, y),
      onLaser: (page, points) => this.peer.shine("mine", page, points),
      onText: (spot) => this.text.write(this.hand.place(spot)),
      onDouble: () => this.things.edit(),
      barred: () => this.lock.barred,
      onBarred: () => this.lock.bar(),
    });
    this.view.unfinished = () => [
      ...[...this.received.strokes.values()].map((ink) => ({ op: { do: "stroke", ...ink } })),
      ...this.hand.current,
    ];
    this.text = new BoardText({ root, view: this.view, commit, color: () => this.hand.style.color });
    this.follow = new BoardFollow({
      root, view: this.view, words: this.words, name: facts.name, seat, direct,
      pages: () => this.board.view.pages,
      showPage: (page) => this.showPage(page),
    });
    this.stage = /** @type {HTMLElement} */ (root.querySelector("[data-stage]"));
    /** @type {BoardThings} */
    this.things = new BoardThings({
      board: this.board, view: this.view, selection: this.selection, follow: this.follow, text: this.text, stage: this.stage, facts, commit,
      barred: () => this.lock.barred,
    });
    const { things } = this;
    const thingActions = { edit: () => things.edit(), duplicate: () => things.duplicate(), remove: () => things.remove() };
    this.marks = new BoardMarks({ root, view: this.view, selection: this.selection, select: this.hand.select, actions: thingActions });
    this.tools = new BoardTools({ root: document, hand: this.hand, words: this.words, actions: this.#actions() });
    this.outline = new BoardOutline({
      list: () => things.order().map((id) => ({ id, name: things.nameOf(id) })),
      title: () => fill(this.words.page, { page: this.view.page + 1, pages: this.board.view.pages }),
      empty: this.words.outline_empty,
      more: (count) => fill(this.words.outline_more, { count }),
      onPick: (id) => things.pick(id),
      onRemove: (id) => things.remove([id]),
    });
    this.news = new BoardNews({ words: this.words, name: facts.name, say: announce });
    this.keys = new BoardKeys({
      stage: this.stage, root, hand: this.hand, view: this.view, words: this.words, say: announce,
      order: () => things.order(),
      nameOf: (id) => things.nameOf(id),
      reveal: (id) => things.reveal(id),
      pan: (dx, dy) => this.follow.hand(() => this.view.pan(dx, dy)),
      actions: { ...thingActions, page: (step) => this.showPage(this.view.page + step, true) },
    });
    this.pointer = new BoardPointer({
      surface: root, hand: this.hand,
      onPan: (dx, dy) => this.follow.hand(() => this.view.pan(dx, dy)),
      onZoom: (factor, x, y) => this.follow.hand(() => this.view.zoom(factor, x, y)),
      moves: () => this.hand.tool === "move",
    });
    this.pictures = new BoardPictures({
      root, view: this.view, words: this.words, commit, notice,
      barred: () => this.lock.barred,
      bar: () => this.lock.bar(),
      addPdf: (file) => this.#addPdf(file),
    });
    this.board.onChange(() => this.#showSoon());
    showDigest(root, this.board);
    this.#show();
  }

  /** Write a step of ours. @param {Operation} op @param {string[]} [touched] ids it hides @param {string} [group] the gesture it belongs to
   *  @param {boolean} [exact] a copy of ink */
  commit(op, touched, group, exact) {
    if (this.lock.barred) {
      this.lock.bar();
      return;
    }
    this.history.remember(op, touched, this.board.view, group);
    this.#write(op, exact);
  }

  /** Show a step that an earlier page of this person could not send. @param {import("./board_outbox.js").Step} step */
  redraw({ client_id, op }) {
    this.board.draw({ seq: 0, author: this.facts.me, client_id, op: asSeen(op) ?? op });
  }

  /** A board line of the log. @param {import("./journal.js").Entry} entry @param {boolean} fresh whether it came while we looked */
  confirm(entry, fresh) {
    const op = /** @type {Operation} */ (entry.payload);
    this.board.confirm({ seq: entry.seq, author: entry.author, client_id: entry.client_id, op });
    if (op.id) this.received.finish(op.id);
    if (!fresh || entry.author === this.facts.me) return;
    this.news.hear(op);
    if (op.do === "page_add") this.showPage(this.board.view.pages - 1);
  }

  /** A volatile message of the other one. @param {string} event @param {any} data */
  hear(event, data) {
    if (event === ASK.VIEW_SHOW || event === TELL.VIEW_SHOWN) this.follow.hear(data);
    if (event !== TELL.INK) return;
    // Ink over the data channel passes no server: a locked learner's is not shown.
    if (this.lock.mentor && this.board.view.locked && Array.isArray(data) && data.length > 3) return;
    const point = this.received.take(data);
    if (point) this.peer.hear(point);
  }

  /** The other one has come or gone. @param {boolean} here */
  setPeer(here) {
    if (here) this.follow.shared.greet();
    else {
      this.received.clear();
      this.peer.forget();
      this.follow.shared.forget();
    }
  }

  /** @param {number} page @param {boolean} [byHand] */
  showPage(page, byHand = false) {
    const wanted = Math.min(this.board.view.pages - 1, Math.max(0, page));
    if (wanted === this.view.page) return;
    this.hand.cancel();
    this.text.close(true);
    this.view.showPage(wanted);
    this.selection.keep(wanted);
    if (byHand) this.follow.hand(() => this.#moved());
    else this.#moved();
    announce(fill(this.words.page, { page: wanted + 1, pages: this.board.view.pages }));
  }

  /** @returns {import("./board_tools.js").Actions} */
  #actions() {
    const byHand = (/** @type {() => void} */ what) => this.follow.hand(what);
    return {
      undo: () => this.#turn("undo"),
      redo: () => this.#turn("redo"),
      page: (step) => this.showPage(this.view.page + step, true),
      goTo: (page) => this.showPage(page, true),
      addPage: () => this.#addPage(),
      clear: () => {
        if (this.board.view.visible(this.view.page).length > 0) this.commit({ do: "clear", page: this.view.page, mark: newId() });
      },
      zoom: (factor) => byHand(() => this.view.zoom(factor)),
      home: () => byHand(() => this.view.home()),
      paper: (style) => {
        if (this.board.view.paper(this.view.page) !== style) this.commit({ do: "page_style", page: this.view.page, style });
      },
      choose: (tool) => this.hand.choose(tool),
      help: () => /** @type {HTMLDialogElement} */ (document.querySelector("[data-keys-dialog]")).showModal(),
    };
  }

  /** @param {"undo"|"redo"} way */
  #turn(way) {
    if (this.lock.barred) this.lock.bar();
    else {
      const op = this.history[way](this.board.view);
      if (op) this.#write(op);
      announce(op ? this.words[`${way}_done`] : this.words[`${way}_none`]);
    }
    this.#show();
  }

  /** @param {Operation} op @param {boolean} [exact] a copy of ink that was thinned already */
  #write(op, exact = false) {
    const logged = exact && op.points ? { ...op, points: encodePoints(op.points) } : asLogged(op, this.view.viewport.zoom);
    const seen = asSeen(logged); // what the log will say is what is shown, also of text that the log cleans
    if (!seen) return;
    const client_id = newId();
    this.board.draw({ seq: 0, author: this.facts.me, client_id, op: seen });
    this.outbox.add({ client_id, op: logged });
  }

  /** @param {import("./board_outbox.js").Step} step @param {import("./journal.js").Answer} answer */
  #refused({ client_id, op }, answer) {
    this.board.refuse(client_id);
    this.history.forget(op);
    if (answer.code === "board_locked") this.lock.refused();
    else this.notice(answer.message ?? this.words.board_refused);
  }

  #addPage() {
    if (this.board.view.pages >= LIMIT.PAGES) {
      this.notice(fill(this.words.pages_full, { count: LIMIT.PAGES }));
      return;
    }
    const before = this.board.view.pages;
    this.commit({ do: "page_add" });
    if (this.board.view.pages > before) this.showPage(this.board.view.pages - 1, true);
  }

  /** @param {File} file */
  async #addPdf(file) {
    const { BoardPdf } = await import("./board_pdf.js");
    this.pdf ??= new BoardPdf({
      words: this.words,
      notice: this.notice,
      commit: (op, touched, group) => this.commit(op, touched, group),
      showPage: (page) => this.showPage(page, true),
      free: () => LIMIT.PAGES - this.board.view.pages + (this.#isEmpty() ? 1 : 0),
      nextPage: (first) => (first && this.#isEmpty() ? { page: this.view.page, add: false } : { page: this.board.view.pages, add: true }),
      width: () => (this.view.width / this.view.viewport.zoom) * 10,
    });
    await this.pdf.open(file);
  }

  #isEmpty() {
    return this.board.view.visible(this.view.page).length === 0;
  }

  #moved() {
    this.follow?.moved();
    this.#showSoon();
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
    if (!this.pictures) return; // not all is there yet
    const { page, viewport } = this.view;
    const { view } = this.board;
    this.selection.keep(page);
    this.lock.show();
    this.tools.show({
      page, pages: view.pages, zoom: viewport.zoom, paper: view.paper(page),
      canRedo: this.history.undone.length > 0, canUndo: this.history.done.length > 0,
    });
    this.peer.show();
    this.marks.show();
    this.follow.show();
    this.outline.changed();
  }
}
