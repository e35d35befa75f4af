// The lobby's row about the line: what the doctor found, in plain words, remembered for the day, examined again by a tap.

import { announce, fill } from "./announce.js";
import { examine, isGood, remember, remembered } from "./line_doctor.js";

export class DoctorCard {
  /** @param {{facts: any, roundTrip: () => Promise<number|null>, onThin: () => void}} parts */
  constructor({ facts, roundTrip, onThin }) {
    this.facts = facts;
    this.words = facts.words;
    this.roundTrip = roundTrip;
    this.onThin = onThin;
    this.busy = false;
    this.chip = /** @type {HTMLElement} */ (document.querySelector("[data-net]"));
    this.help = /** @type {HTMLElement} */ (document.querySelector("[data-net-help]"));
    this.figures = /** @type {HTMLElement} */ (document.querySelector("[data-net-figures]"));
    this.again = /** @type {HTMLButtonElement} */ (document.querySelector("[data-net-again]"));
    this.again.addEventListener("click", () => void this.run());
    const known = facts.policy === "relay" ? null : remembered();
    if (known) this.#show(known, true);
    else void this.run();
  }

  async run() {
    if (this.busy) return;
    this.busy = true;
    this.chip.dataset.tone = "";
    this.chip.textContent = this.words.checking;
    this.again.setAttribute("aria-busy", "true");
    try {
      const report = await examine({ iceUrl: this.facts.ice_url, policy: this.facts.policy, roundTrip: this.roundTrip });
      remember(report);
      if (!this.chip.isConnected) return; // in the room by now
      this.#show(report, false);
      announce(`${this.chip.textContent}. ${this.help.textContent}`);
    } finally {
      this.busy = false;
      this.again.removeAttribute("aria-busy");
    }
  }

  /** @param {import("./line_doctor.js").Report} report @param {boolean} old */
  #show(report, old) {
    const { words } = this;
    const good = isGood(report.verdict) && !report.thin;
    this.chip.dataset.tone = good ? "good" : "bad";
    this.chip.dataset.verdict = report.verdict;
    this.chip.textContent = report.thin ? words.net_thin : words[`net_${report.verdict}`];
    this.help.textContent = report.thin ? words.net_thin_help : words[`net_${report.verdict}_help`];
    const figures = [];
    if (report.roundTripMs !== null) figures.push(fill(words.net_round_trip, { ms: report.roundTripMs }));
    if (report.kbps !== null) figures.push(fill(words.net_speed, { speed: (report.kbps / 1000).toFixed(1) }));
    if (old) figures.push(fill(words.net_when, { time: new Date(report.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }) }));
    this.figures.textContent = figures.join(" ");
    if (!good) /** @type {HTMLDetailsElement|null} */ (this.chip.closest("details"))?.setAttribute("open", "");
    if (report.thin) this.onThin();
  }
}
