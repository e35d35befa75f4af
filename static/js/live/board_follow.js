// Follow me, come here, go to where you are: the buttons and the line on the board that say who moves whose view.

import { announce, fill } from "./announce.js";
import { Glide, windowOn } from "./board_glide.js";
import { ASK } from "./protocol.js";
import { SharedView } from "./shared_view.js";

/** @typedef {import("./shared_view.js").Look} Look */

const BROUGHT_MS = 8000;

export class BoardFollow {
  /**
   * @param {{root: HTMLElement, view: import("./board_view.js").BoardView, words: Record<string, string>, name: string,
   *   pages: () => number, showPage: (page: number) => void, direct: (event: string, data: unknown) => boolean|null,
   *   seat: import("./seat.js").Seat}} parts
   */
  constructor({ root, view, words, name, pages, showPage, direct, seat }) {
    this.view = view;
    this.words = words;
    this.name = name;
    this.pages = pages;
    this.showPage = showPage;
    this.glide = new Glide(view);
    this.chip = /** @type {HTMLElement} */ (root.querySelector("[data-view-chip]"));
    /** @type {Look|null} where we were before we were brought */
    this.before = null;
    this.byHand = false;
    this.shown = "";
    this.shared = new SharedView({
      send: (message) => {
        // What moves the other one's view is said once: it takes the way on which nothing is lost.
        if ((message.lead === 1 && seat.up) || !direct(ASK.VIEW_SHOW, message)) seat.throw(ASK.VIEW_SHOW, message);
      },
      go: (look) => this.#go(look),
      onChange: () => this.show(),
      onBrought: () => this.#brought(),
    });
    const does = {
      bring: () => {
        this.shared.bring();
        announce(fill(words.view_brought_them, { name }));
      },
      lead: () => this.shared.lead(!this.shared.leading),
      follow: () => (this.shared.following ? this.shared.stop() : this.shared.follow()),
      visit: () => this.shared.visit(),
      stop: () => this.#stop(),
    };
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-view-do]"))) {
      button.addEventListener("click", does[/** @type {keyof typeof does} */ (button.dataset.viewDo)]);
    }
    this.show();
  }

  /** What is seen now. @returns {Look} */
  look() {
    const { viewport, width, height, page } = this.view;
    return { page, box: [...viewport.toBoard(0, 0), ...viewport.toBoard(Math.max(1, width), Math.max(1, height))] };
  }

  /** The view has changed. */
  moved() {
    this.shared.moved(this.look(), this.byHand);
  }

  /** Do something that moves the view because the person wants it. @param {() => void} what */
  hand(what) {
    this.glide.stop();
    this.byHand = true;
    what();
    this.byHand = false;
  }

  /** @param {unknown} raw */
  hear(raw) {
    this.shared.hear(raw, this.pages());
  }

  show() {
    const { shared, words, name } = this;
    if (!shared) return; // while it is being made
    const apart = shared.theirs !== null && shared.theirs.page !== this.view.page;
    const now = [shared.led, shared.following, shared.leading, this.before !== null, apart, shared.theirs?.page].join();
    if (this.shown === now) return;
    this.shown = now;
    const says = [
      [shared.led, "view_led"], [shared.following, "view_following"], [shared.leading, "view_leading"],
      [this.before !== null, "view_brought"], [apart, "peer_page"],
    ].find(([is]) => is)?.[1];
    this.chip.hidden = !says;
    if (says) {
      const sentence = fill(words[/** @type {string} */ (says)], { name, page: (shared.theirs?.page ?? 0) + 1 });
      const line = /** @type {HTMLElement} */ (this.chip.querySelector("[data-view-word]"));
      if (line.textContent !== sentence) line.textContent = sentence;
      const button = /** @type {HTMLElement} */ (this.chip.querySelector("[data-view-do]"));
      const goes = says === "peer_page";
      button.textContent = goes ? words.view_go : says === "view_brought" ? words.view_back : words.view_stop;
      button.dataset.goes = goes ? "visit" : "stop";
    }
    const pressed = { lead: shared.leading, follow: shared.following };
    for (const [what, on] of Object.entries(pressed)) {
      for (const one of document.querySelectorAll(`[data-view-do="${what}"]`)) one.setAttribute("aria-pressed", String(on));
    }
    for (const one of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('[data-view-do="follow"], [data-view-do="visit"]'))) {
      one.disabled = shared.theirs === null;
    }
  }

  #stop() {
    const button = /** @type {HTMLElement} */ (this.chip.querySelector("[data-view-do]"));
    if (button.dataset.goes === "visit") this.shared.visit();
    else if (this.shared.following) this.shared.stop();
    else if (this.shared.leading) this.shared.lead(false);
    else if (this.before) {
      const back = this.before;
      this.before = null;
      this.hand(() => this.#go(back));
    }
    this.show();
  }

  #brought() {
    announce(fill(this.shared.led ? this.words.view_led : this.words.view_brought, { name: this.name }));
    if (this.shared.led) this.before = null;
    else {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => {
        this.before = null;
        this.show();
      }, BROUGHT_MS);
    }
    this.show();
  }

  /** @param {Look} look */
  #go(look) {
    if (!this.shared.following && !this.byHand) this.before = this.look();
    if (look.page !== this.view.page) this.showPage(look.page);
    this.glide.to(windowOn(look.box, this.view.width, this.view.height));
    this.show();
  }
}
