// Files from browser to browser: names, types, first bytes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { cleanName, comesIn, digestOf, magicFits, refusal, sizeWord, typeOf } from "../../../static/js/live/file_rules.js";

const NAMES = JSON.parse(readFileSync(new URL("./file_names.json", import.meta.url), "utf8"));
const bytes = (...list) => Uint8Array.from(list);
const text = (said) => new TextEncoder().encode(said);

for (const [raw, cleaned] of NAMES) {
  test(`the name ${JSON.stringify(raw).slice(0, 40)} is cleaned as on the server`, () => assert.equal(cleanName(raw), cleaned));
}

test("what runs or hides is refused with its reason, what is asked for is not", () => {
  for (const name of ["setup.exe", "a.pdf.exe", "page.html", "drawing.svg", "run.js", "run.bat", "macro.docm", "a.zip", "none", "x.PDF.scr"]) {
    assert.equal(refusal({ name, size: 10 }), "file_type", name);
  }
  for (const name of ["a.pdf", "a.PNG", "a.b.docx", "raga.mp3"]) assert.equal(refusal({ name, size: 10 }), "", name);
  assert.equal(refusal({ name: "a.pdf", size: 25_000_001 }), "file_size");
  assert.equal(refusal({ name: "a.pdf", size: 25_000_000 }), "");
  assert.equal(refusal({ name: "a.pdf", size: 0 }), "file_empty");
  assert.equal(refusal({ name: "a.constructor", size: 1 }), "file_type");
});

test("the first bytes must be what the name says", () => {
  const cases = [
    ["a.pdf", text("%PDF-1.7"), true],
    ["a.pdf", bytes(0x4d, 0x5a, 0x90), false], // a Windows program
    ["a.png", bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1), true],
    ["a.png", bytes(0xff, 0xd8, 0xff), false],
    ["a.jpg", bytes(0xff, 0xd8, 0xff, 0xe0), true],
    ["a.webp", text("RIFF....WEBPVP8 "), true],
    ["a.webp", text("RIFF....WAVEfmt "), false],
    ["a.wav", text("RIFF....WAVEfmt "), true],
    ["a.m4a", text("....ftypM4A "), true],
    ["a.docx", text("PK\u0003\u0004"), true],
    ["a.docx", text("<html>"), false],
    ["a.txt", text("नमस्ते"), true],
    ["a.txt", bytes(0x4d, 0x5a, 0x00), false],
    ["a.csv", bytes(0xff, 0xfe, 0x41), false],
    ["a.exe", bytes(0x4d, 0x5a), false],
  ];
  for (const [name, content, fits] of cases) assert.equal(magicFits(name, content), fits, name);
});

test("pictures and PDF come in by themselves, the rest asks first", () => {
  assert.equal(comesIn({ name: "a.png", size: 9_000_000 }), true);
  assert.equal(comesIn({ name: "a.pdf", size: 11_000_000 }), false);
  assert.equal(comesIn({ name: "a.docx", size: 1000 }), false);
});

test("sizes are words, types follow the name, digests are SHA-256", async () => {
  assert.deepEqual([500, 212_000, 1_250_000, 25_000_000].map((size) => sizeWord(size, "en")), ["500 B", "212 kB", "1.3 MB", "25 MB"]);
  assert.equal(typeOf("a.JPG"), "image/jpeg");
  assert.equal(await digestOf(text("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});
