// More time by agreement: ask, answer, pay, and the clock follows. The call goes on through all of it.

import { getJson, postJson } from "../core/http.js";
import { loadGateway } from "../payments/gateway_script.js";
import { announce, fill } from "./announce.js";
import { asClock } from "./clock.js";
import { Refused, on } from "./line.js";
import { cardOf } from "./offer.js";
import { ASK, TELL } from "./protocol.js";

/** Browsers inside other apps, where the gateway's frame does not work: paying opens a page of its own. */
const INSIDE_APPS = /Instagram|FBAN|FBAV|FB_IAB|Line\/|Snapchat|MicroMessenger|OPiOS|Opera Mini|UCBrowser|; wv\)/;

/** @typedef {import("./offer.js").Offer} Offer */
/** @typedef {import("./offer.js").TimeCard} TimeCard */

export class Extend {
  /**
   * @param {{facts: any, seat: import("./seat.js").Seat, clock: import("./clock.js").LessonClock, onNotice: (text: string) => void}} parts
   */
  constructor({ facts, seat, clock, onNotice }) {
    this.facts = facts;
    this.words = facts.words;
    this.seat = seat;
    this.clock = clock;
    this.onNotice = onNotice;
    /** @type {Offer|null} */
    this.offer = null;
    this.free = false;
    this.busy = false;
    this.card = /** @type {HTMLElement} */ (document.querySelector("[data-extend-card]"));
    this.menu = /** @type {HTMLElement} */ (document.querySelector("#room-extend"));
    this.yes = /** @type {HTMLButtonElement} */ (this.card.querySelector("[data-extend-yes]"));
    this.no = /** @type {HTMLButtonElement} */ (this.card.querySelector("[data-extend-no]"));
    this.link = /** @type {HTMLAnchorElement} */ (this.card.querySelector("[data-extend-link]"));
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (this.menu.querySelectorAll("[data-extend-minutes]"))) {
      button.addEventListener("click", () => void this.#ask(Number(button.dataset.extendMinutes)));
    }
    this.prepaid = /** @type {HTMLButtonElement} */ (this.card.querySelector("[data-extend-prepaid]"));
    this.prepaid.addEventListener("click", () => void this.#payWithMinutes());
    this.yes.addEventListener("click", () => void (cardOf(this.offer, facts.side) === "pay" ? this.#pay() : this.#answer(true)));
    this.no.addEventListener("click", () => void this.#answer(false));
    on(TELL.TIME_CHANGED, (card) => this.#take(card, true));
    setInterval(() => this.#count(), 1000);
  }

  /** We sit (again): what was told meanwhile is lost, so ask. */
  async joined() {
    try {
      this.#take(/** @type {any} */ (await this.seat.ask(ASK.TIME_ASK)), false);
    } catch {
      // The line went down again: the next joining asks anew.
    }
  }

  /** @param {TimeCard} card @param {boolean} news */
  #take(card, news) {
    this.clock.extend(card.ends);
    this.free = card.free;
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (this.menu.querySelectorAll("[data-extend-minutes]"))) {
      const price = /** @type {HTMLElement} */ (button.querySelector("[data-extend-price]"));
      price.textContent = card.free ? this.words.extend_free : card.prices[button.dataset.extendMinutes ?? ""];
    }
    this.#show(card.extension, news);
  }

  /** @param {Offer|null} offer @param {boolean} news */
  #show(offer, news) {
    const before = this.offer && `${this.offer.id}${this.offer.state}`;
    this.offer = offer;
    const kind = cardOf(offer, this.facts.side);
    const waits = offer && ["asked", "asking", "pay", "paying"].includes(kind);
    this.card.hidden = !waits;
    this.card.dataset.kind = kind;
    if (!offer) return;
    const values = { name: this.facts.name, minutes: offer.minutes, price: offer.price };
    if (!waits) {
      // A card that was there goes with a word; an old one that a new page hears of says nothing.
      if (news && before !== `${offer.id}${offer.state}`) this.onNotice(fill(this.words[`extend_${kind}`] ?? "", values));
      return;
    }
    const text = fill(this.words[`extend_${kind}${offer.price_paise === 0 ? "_free" : ""}`] ?? this.words[`extend_${kind}`], values);
    /** @type {HTMLElement} */ (this.card.querySelector("[data-extend-text]")).textContent = text;
    this.yes.hidden = kind !== "asked" && kind !== "pay";
    this.yes.textContent = kind === "pay" ? fill(this.words.extend_pay_button, values) : this.words.extend_yes;
    this.prepaid.hidden = kind !== "pay" || this.facts.prepaid_minutes < offer.minutes;
    // What is paid already comes first, as on the booking sheet.
    this.yes.classList.toggle("btn-primary", this.prepaid.hidden);
    this.yes.classList.toggle("btn-secondary", !this.prepaid.hidden);
    this.prepaid.textContent = fill(this.words.extend_prepaid_button, values);
    this.no.textContent = kind === "asking" ? this.words.extend_take_back : this.words.extend_no;
    if (before !== `${offer.id}${offer.state}`) {
      this.link.hidden = true;
      announce(text);
    }
    this.#count();
  }

  #count() {
    if (this.card.hidden || !this.offer) return;
    const left = (this.offer.until - this.clock.now()) / 1000;
    /** @type {HTMLElement} */ (this.card.querySelector("[data-extend-left]")).textContent = asClock(left);
    if (left <= 0) this.card.hidden = true;
  }

  /** @param {number} minutes */
  async #ask(minutes) {
    // On a phone it was opened from another menu, which would lie over the card and its buttons.
    for (const open of document.querySelectorAll(":popover-open")) /** @type {HTMLElement} */ (open).hidePopover();
    await this.#do(async () => {
      const answer = /** @type {any} */ (await this.seat.ask(ASK.EXTENSION_ASK, { minutes }));
      if (["offered", "agreed"].includes(answer.extension.state)) this.#show(answer.extension, false);
    });
  }

  /** @param {boolean} accept */
  async #answer(accept) {
    const { offer } = this;
    if (offer) await this.#do(async () => void (await this.seat.ask(ASK.EXTENSION_ANSWER, { extension: offer.id, accept })));
  }

  async #payWithMinutes() {
    const { offer } = this;
    if (!offer) return;
    await this.#do(async () => {
      const answer = await postJson(this.facts.extension_url.replace("EXTENSION", offer.id), { with: "minutes" });
      if (!answer.ok) throw answer.code === "offline" ? new Error("offline") : new Refused(answer);
      this.facts.prepaid_minutes -= offer.minutes;
    });
  }

  async #pay() {
    const { offer } = this;
    if (!offer) return;
    await this.#do(async () => {
      const order = await postJson(this.facts.extension_url.replace("EXTENSION", offer.id));
      if (!order.ok) throw order.code === "offline" ? new Error("offline") : new Refused(order);
      this.link.href = order.pay_url;
      if (INSIDE_APPS.test(navigator.userAgent)) {
        this.link.hidden = false;
        return;
      }
      try {
        await this.#checkout(order);
      } catch {
        this.link.hidden = false;
        this.onNotice(this.words.extend_unreachable);
      }
    });
  }

  /** @param {any} order */
  async #checkout(order) {
    const Gateway = await loadGateway(order.script);
    const checkout = new Gateway({
      ...order.options,
      handler: (/** @type {Record<string, string>} */ success) => void this.#paid(order, success),
      modal: { confirm_close: false, ondismiss: () => void getJson(order.status_url) },
    });
    checkout.open();
  }

  /** The gateway says it is paid: our server checks that, and tells both pages. @param {any} order @param {Record<string, string>} success */
  async #paid(order, success) {
    this.onNotice(this.words.extend_checking);
    const names = ["razorpay_order_id", "razorpay_payment_id", "razorpay_signature"];
    const body = new URLSearchParams(names.map((name) => [name, success[name] ?? ""]));
    try {
      await fetch(order.return_url, { method: "POST", headers: { Accept: "application/json" }, body });
    } catch {
      // The gateway tells our server as well: the clock follows a little later.
    }
  }

  /** @param {() => Promise<void>} act */
  async #do(act) {
    if (this.busy) return;
    this.busy = true;
    try {
      await act();
    } catch (error) {
      this.onNotice(error instanceof Refused ? error.message : this.words.extend_offline);
    } finally {
      this.busy = false;
    }
  }
}
