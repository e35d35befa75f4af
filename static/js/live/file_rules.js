// What may be handed over, under which name, and whether its first bytes are what its name says. No DOM.
// Names are cleaned as in peerlearn/live/files.py; a shared table tests both.

import { FILE_TYPES, LIMIT } from "./protocol.js";

// Control and format characters (the marks that turn a line round among them), halves of characters, line separators.
// The two joiners stay: without them many Indic names are misspelt.
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;
const DEVICES = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$/i;
const ZIP = [0x50, 0x4b, 0x03, 0x04];
/** @type {Record<string, number[][]>} first bytes; null stands for any */
const MAGIC = {
  pdf: [[0x25, 0x50, 0x44, 0x46, 0x2d]],
  png: [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  jpg: [[0xff, 0xd8, 0xff]],
  jpeg: [[0xff, 0xd8, 0xff]],
  webp: [[0x52, 0x49, 0x46, 0x46, -1, -1, -1, -1, 0x57, 0x45, 0x42, 0x50]],
  docx: [ZIP],
  xlsx: [ZIP],
  pptx: [ZIP],
  odt: [ZIP],
  ods: [ZIP],
  odp: [ZIP],
  mp3: [[0x49, 0x44, 0x33], [0xff, 0xfb], [0xff, 0xf3], [0xff, 0xf2]],
  wav: [[0x52, 0x49, 0x46, 0x46, -1, -1, -1, -1, 0x57, 0x41, 0x56, 0x45]],
  m4a: [[-1, -1, -1, -1, 0x66, 0x74, 0x79, 0x70]],
};
const TEXT = new Set(["txt", "md", "csv"]);

/** A name that is safe to show and to save; its ending stays. @param {string} raw */
export function cleanName(raw) {
  let name = raw.normalize("NFC").split(/[/\\]/).at(-1) ?? "";
  name = name.replace(/[\t\n\r]/g, " ").replace(UNSEEN, "");
  name = name.split(/[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+/).filter(Boolean).join(" ");
  name = name.replace(/[<>:"|?*]/g, "_").replace(/^[. ]+|[. ]+$/g, "");
  if (DEVICES.test(name)) name = `_${name}`;
  const chars = [...name];
  const dot = chars.lastIndexOf(".");
  const longest = LIMIT.FILE_NAME_CHARS;
  const ending = chars.slice(dot + 1);
  if (dot >= 0 && ending.length < longest / 2) {
    const stem = chars.slice(0, dot).slice(0, longest - ending.length - 1).join("").replace(/[. ]+$/, "");
    return `${stem}.${ending.join("")}`;
  }
  return chars.slice(0, longest).join("") || "file";
}

/** The part after the last dot in small letters, "" where there is none. @param {string} name */
export function endingOf(name) {
  return name.includes(".") ? name.slice(name.lastIndexOf(".") + 1).toLowerCase() : "";
}

/**
 * Why a file may not go across, or "" when it may. Both ends ask this.
 * @param {{name: string, size: number}} file
 * @returns {""|"file_type"|"file_size"|"file_empty"}
 */
export function refusal({ name, size }) {
  if (!Object.hasOwn(FILE_TYPES, endingOf(name))) return "file_type";
  if (size < 1) return "file_empty";
  return size > LIMIT.FILE_BYTES ? "file_size" : "";
}

/** The type that goes with a name. @param {string} name */
export function typeOf(name) {
  return /** @type {Record<string, string>} */ (FILE_TYPES)[endingOf(name)] ?? "application/octet-stream";
}

/**
 * Are these bytes what the name says? Text must be UTF-8 without a zero byte; all others begin with their signature.
 * @param {string} name @param {Uint8Array} bytes
 */
export function magicFits(name, bytes) {
  const ending = endingOf(name);
  if (TEXT.has(ending)) {
    if (bytes.includes(0)) return false;
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      return true;
    } catch {
      return false;
    }
  }
  return (MAGIC[ending] ?? []).some((head) => head.every((byte, index) => byte < 0 || bytes[index] === byte));
}

/** Does it come in without a question? Pictures and PDF of moderate size do. @param {{name: string, size: number}} file */
export function comesIn({ name, size }) {
  const type = typeOf(name);
  return size <= 10_000_000 && (type.startsWith("image/") || type === "application/pdf");
}

/** A size in words. @param {number} bytes @param {string} [lang] */
export function sizeWord(bytes, lang) {
  if (bytes < 1000) return `${bytes} B`;
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1000, "kB"] : [bytes / 1_000_000, "MB"];
  return `${new Intl.NumberFormat(lang, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)} ${unit}`;
}

/** @param {ArrayBuffer|Uint8Array<ArrayBuffer>} content @returns {Promise<string>} SHA-256 in hex */
export async function digestOf(content) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
