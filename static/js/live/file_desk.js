// Files in the chat: what goes out, what comes in, how far it is, and what this page keeps until it is closed.

import { announce, fill } from "./announce.js";
import { comesIn, cleanName, digestOf, magicFits, refusal, sizeWord } from "./file_rules.js";
import { FileRow } from "./file_row.js";
import { Receiving, Sending, parseOffer } from "./file_wire.js";
import { newId } from "./ids.js";

const LABEL = "file";
const TROUBLE_MS = 12_000;
const SAVED_MS = 60_000;

export class FileDesk {
  /**
   * @param {{root: HTMLElement, name: string, words: Record<string, string>,
   *   peer: {openChannel: (label: string) => RTCDataChannel|null, onChannel: (channel: RTCDataChannel) => void},
   *   onRow: (row: HTMLElement) => void, onSent: (file: import("./chat_line.js").FileNote) => void}} parts
   */
  constructor({ root, name, words, peer, onRow, onSent }) {
    this.root = root;
    this.name = name;
    this.words = words;
    this.peer = peer;
    this.onRow = onRow;
    this.onSent = onSent;
    this.trouble = /** @type {HTMLElement} */ (root.querySelector("[data-file-trouble]"));
    /** @type {Map<string, {name: string, content: Uint8Array<ArrayBuffer>}>} by digest; gone when the page is */
    this.held = new Map();
    /** @type {Sending|null} */
    this.sending = null;
    /** @type {Receiving|null} */
    this.receiving = null;
    /** @type {Map<string, FileRow>} files that are here and not yet told in the log */
    this.arrived = new Map();
    peer.onChannel = (channel) => this.#meet(channel);
    const input = /** @type {HTMLInputElement} */ (root.querySelector("[data-chat-file]"));
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      input.value = "";
      if (file) void this.offer(file);
    });
    root.addEventListener("dragover", (event) => event.preventDefault());
    root.addEventListener("drop", (event) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file) void this.offer(file);
    });
  }

  /** How to save a file of the log, or null when it is not in this page. @param {import("./chat_line.js").FileNote} file */
  save(file) {
    const held = this.held.get(file.sha256);
    return held ? () => download(cleanName(file.name), held.content) : null;
  }

  /** A line of the log tells of a file: its row has done its work. @param {import("./chat_line.js").FileNote} file */
  noted(file) {
    this.arrived.get(file.sha256)?.remove();
    this.arrived.delete(file.sha256);
  }

  /** The call is back: what was cut goes on. */
  resume() {
    const { sending } = this;
    if (!sending || sending.over || ["open", "connecting"].includes(sending.channel?.readyState ?? "")) return;
    const channel = this.peer.openChannel(LABEL);
    if (channel) sending.attach(channel);
  }

  /** @param {File} file */
  async offer(file) {
    const name = cleanName(file.name);
    const why = refusal({ name, size: file.size });
    if (why) return this.#complain(why, name);
    if (this.sending && !this.sending.over) return this.#complain("file_busy", name);
    let content;
    try {
      content = new Uint8Array(await file.arrayBuffer());
    } catch {
      return this.#complain("file_read", name);
    }
    if (!magicFits(name, content)) return this.#complain("file_magic", name);
    const channel = this.peer.openChannel(LABEL);
    if (!channel) return this.#complain("file_no_line", name);
    const offer = { id: newId(), name, size: content.length, sha256: await digestOf(content) };
    this.held.set(offer.sha256, { name, content });
    this.#complain("", name);
    const row = new FileRow({ offer, words: this.words, name: this.name, mine: true, cancel: () => sending.cancel() });
    const sending = new Sending(offer, content, (progress) => {
      row.show(progress);
      if (progress.phase !== "done") return;
      row.remove();
      this.onSent({ name, size: offer.size, sha256: offer.sha256 });
    });
    this.sending = sending;
    this.onRow(row.line);
    sending.attach(channel);
  }

  /** The other side opened a channel. @param {RTCDataChannel} channel */
  #meet(channel) {
    if (channel.label !== LABEL) {
      channel.close();
      return;
    }
    channel.onmessage = ({ data }) => {
      channel.onmessage = null;
      const met = parseOffer(data);
      if (!met) channel.close();
      else this.#offered(channel, met.offer, met.why);
    };
  }

  /** @param {RTCDataChannel} channel @param {import("./file_wire.js").Offer} offer @param {string} why */
  #offered(channel, offer, why) {
    const before = this.receiving;
    if (before && !before.over && before.offer.id === offer.id && before.offer.sha256 === offer.sha256 && before.offer.size === offer.size) {
      before.attach(channel);
      if (before.accepted) before.accept();
      return;
    }
    if (before && !before.over) before.cancel();
    if (why) {
      channel.send(JSON.stringify({ do: "refuse", why }));
      this.#complain(why, offer.name);
      return;
    }
    /** @type {FileRow} */
    const row = new FileRow({
      offer, words: this.words, name: this.name, mine: false,
      cancel: () => (receiving.accepted ? receiving.cancel() : receiving.refuse("declined", "cancelled")),
      take: () => receiving.accept(),
      save: () => this.save(offer)?.(),
    });
    const receiving = new Receiving(offer, (progress) => {
      row.show(progress);
      if (progress.why === "magic") this.#complain("file_magic", offer.name);
    }, (content) => {
      this.held.set(offer.sha256, { name: offer.name, content });
      this.arrived.set(offer.sha256, row);
      announce(fill(this.words.file_arrived, { file: offer.name }));
    });
    this.receiving = receiving;
    this.onRow(row.line);
    receiving.attach(channel);
    if (comesIn(offer)) receiving.accept();
    else {
      row.show({ phase: "asking", bytes: 0 });
      announce(`${fill(this.words.file_offered, { name: this.name })}: ${offer.name}, ${sizeWord(offer.size)}`);
    }
  }

  /** @param {string} why a word's key, "" takes the last one back @param {string} file */
  #complain(why, file) {
    clearTimeout(this.timer);
    this.trouble.hidden = !why;
    this.trouble.textContent = why ? fill(this.words[why], { file, name: this.name }) : "";
    if (why) this.timer = setTimeout(() => this.#complain("", ""), TROUBLE_MS);
  }
}

/**
 * Save bytes as a file. Never opened in the page: its type says that nobody knows it, its name is clean.
 * @param {string} name @param {Uint8Array<ArrayBuffer>} content
 */
function download(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), SAVED_MS);
}
