// The replay on the recap: board and chat on one time line, drawn anew from the log. No video was kept, none is needed.

import { announce } from "../core/announce.js";
import { fill } from "../live/announce.js";
import { marks } from "../live/chat_marks.js";
import { asClock } from "../live/clock.js";
import { CHAT } from "../live/protocol.js";
import { ReplayClock } from "./replay_clock.js";
import { ReplayView } from "./replay_view.js";

const STEP_MS = 5000;
const MINUTE_MS = 60_000;
const MOST_TICKS = 120;

export class Replay {
  /** @param {{root: HTMLElement, facts: any, reel: import("./replay_reel.js").Reel}} parts */
  constructor({ root, facts, reel }) {
    this.root = root;
    this.words = facts.words;
    this.names = facts.names;
    this.reel = reel;
    this.clock = new ReplayClock(reel.length);
    const canvas = /** @type {HTMLCanvasElement} */ (root.querySelector("canvas"));
    this.view = new ReplayView(canvas, reel);
    this.slider = /** @type {HTMLInputElement} */ (root.querySelector("input[type=range]"));
    this.playButton = this.#part("[data-play]");
    this.speedButton = this.#part("[data-speed]");
    this.said = /** @type {HTMLElement} */ (document.querySelector("[data-said]"));
    this.chats = reel.chats;
    /** @type {number|null} the chat line that is shown */
    this.shownChat = null;
    this.slider.max = String(reel.length);
    this.slider.step = String(Math.min(1000, reel.length));
    this.playButton.addEventListener("click", () => this.toggle());
    this.speedButton.addEventListener("click", () => {
      this.clock.faster();
      this.#showSpeed();
    });
    this.slider.addEventListener("input", () => this.jump(Number(this.slider.value), false));
    root.addEventListener("keydown", (event) => this.#key(event));
    this.#ticks();
    this.#list();
    this.#showSpeed();
    new ResizeObserver(() => {
      const box = canvas.getBoundingClientRect();
      this.view.fit(box.width, box.height);
      this.show(true);
    }).observe(canvas);
    // What the lesson came to is more to look at than an empty board.
    this.clock.jump(reel.length);
    this.show(true);
  }

  toggle() {
    if (this.clock.playing) this.clock.pause();
    else this.clock.play();
    this.show(true);
    if (this.clock.playing) this.#run();
    else announce(fill(this.words.at, { time: this.#time(this.clock.t), whole: this.#time(this.reel.length) }));
  }

  /** @param {number} t @param {boolean} [say] */
  jump(t, say = true) {
    this.clock.jump(t);
    this.show(true);
    if (say) announce(fill(this.words.at, { time: this.#time(t), whole: this.#time(this.reel.length) }));
  }

  /** Bring everything to the clock's time. @param {boolean} [whole] draw all of it anew */
  show(whole = false) {
    const t = this.clock.read();
    const added = this.reel.seek(t);
    this.view.show(this.reel.state, this.reel.page, whole ? null : added);
    const time = this.#time(t);
    const word = fill(this.words.at, { time, whole: this.#time(this.reel.length) });
    this.slider.value = String(Math.round(t));
    this.slider.setAttribute("aria-valuetext", word);
    this.slider.style.setProperty("--played", `${(t / this.reel.length) * 100}%`);
    this.#put("[data-time]", time);
    this.#put("[data-whole]", fill(this.words.of, { time: this.#time(this.reel.length) }));
    this.#put("[data-step]", this.reel.drawn ? fill(this.words.step, { step: this.reel.step, steps: this.reel.drawn }) : "");
    this.#put("[data-doing]", this.#doing());
    const { playing } = this.clock;
    this.playButton.setAttribute("aria-label", playing ? this.words.pause : this.words.play);
    this.playButton.dataset.playing = String(playing);
    this.#showChat(t);
  }

  #run() {
    requestAnimationFrame(() => {
      if (!this.root.isConnected) return;
      this.show();
      if (this.clock.playing) this.#run();
    });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onSlider = target === this.slider;
    const rtl = getComputedStyle(this.root).direction === "rtl" ? -1 : 1;
    if (event.key === " " && (onSlider || target === this.root)) this.toggle();
    else if (event.key === "ArrowRight" && onSlider) this.jump(this.clock.t + rtl * STEP_MS, false);
    else if (event.key === "ArrowLeft" && onSlider) this.jump(this.clock.t - rtl * STEP_MS, false);
    else if (event.key === "PageUp" && onSlider) this.jump(this.clock.t + MINUTE_MS, false);
    else if (event.key === "PageDown" && onSlider) this.jump(this.clock.t - MINUTE_MS, false);
    else return;
    event.preventDefault();
  }

  #doing() {
    const frame = this.reel.frames[this.reel.at - 1];
    if (!frame) return this.words.begin;
    if (this.clock.t >= this.reel.length) return this.words.end;
    const word = frame.kind === CHAT ? this.words.writes : frame.op?.do === "clear" ? this.words.clears : this.words.draws;
    return fill(word, { name: this.names[frame.side] ?? "" });
  }

  /** The newest message by now. @param {number} t */
  #showChat(t) {
    let index = -1;
    while (index + 1 < this.chats.length && this.chats[index + 1].t <= t) index += 1;
    if (index === this.shownChat) return;
    this.shownChat = index;
    const chat = this.chats[index];
    this.said.hidden = !chat;
    if (!chat) return;
    put(this.said.querySelector("[data-said-head]"), fill(this.words.in_chat, { time: this.#time(chat.t), name: this.names[chat.side] ?? "" }));
    this.said.querySelector("[data-said-text]")?.replaceChildren(chat.said.file ? String(chat.said.file.name) : marks(String(chat.said.text ?? "")));
  }

  #showSpeed() {
    this.speedButton.textContent = `${this.clock.speed}×`;
    this.#put("[data-speed-word]", `${this.clock.speed}×`);
  }

  /** Where on the line somebody wrote. */
  #ticks() {
    const place = this.#part("[data-ticks]");
    const every = Math.ceil(this.chats.length / MOST_TICKS) || 1;
    this.chats.forEach(({ t }, index) => {
      if (index % every) return;
      const tick = document.createElement("i");
      tick.style.setProperty("--at", String(t / this.reel.length));
      place.append(tick);
    });
  }

  /** Places to jump to: each message, and the minutes between. */
  #list() {
    const list = this.#part("[data-jumps]");
    const opener = this.#part("[data-list]");
    opener.addEventListener("click", () => {
      list.hidden = !list.hidden;
      opener.setAttribute("aria-expanded", String(!list.hidden));
    });
    const minutes = this.reel.length / MINUTE_MS;
    const every = (minutes > 40 ? 10 : minutes > 12 ? 5 : 1) * MINUTE_MS;
    /** @type {{t: number, text: string}[]} */
    const places = this.chats.map(({ t, side, said }) => ({ t, text: `${this.names[side] ?? ""}: ${said.file?.name ?? said.text ?? ""}` }));
    for (let t = 0; t < this.reel.length; t += every) places.push({ t, text: t ? "" : this.words.begin });
    places.sort((a, b) => a.t - b.t);
    list.replaceChildren(...places.map(({ t, text }) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "replay-jump";
      button.setAttribute("aria-label", `${fill(this.words.jump, { time: this.#time(t) })} ${text}`.trim());
      const time = document.createElement("span");
      time.className = "num strong";
      time.textContent = this.#time(t);
      const words = document.createElement("bdi");
      words.className = "truncate";
      words.textContent = text;
      button.append(time, words);
      button.addEventListener("click", () => this.jump(t));
      item.append(button);
      return item;
    }));
  }

  /** @param {number} t */
  #time(t) {
    return asClock(t / 1000);
  }

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.root.querySelector(selector));
  }

  /** @param {string} selector @param {string} text */
  #put(selector, text) {
    put(this.#part(selector), text);
  }
}

/** @param {Element|null} place @param {string} text */
function put(place, text) {
  if (place && place.textContent !== text) place.textContent = text;
}
