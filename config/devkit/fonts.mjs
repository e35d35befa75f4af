// Cuts Anek to what the pages need and writes static/dist/fonts. The number in a name is ours: raise it when a cut changes,
// here, in static/css/components/type.css and in templates/layouts, because browsers keep these files for a year.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import subset from "subset-font";

const npm = "node_modules/@fontsource-variable";
const latin = `${npm}/anek-latin/files/anek-latin-latin-wght-normal.woff2`;
const latinExt = `${npm}/anek-latin/files/anek-latin-latin-ext-wght-normal.woff2`;
const devanagari = `${npm}/anek-devanagari/files/anek-devanagari-devanagari-wght-normal.woff2`;

/** @param {number} from @param {number} to */
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join("");

// Without "pres", the stacked forms of rare clusters: the half forms of today's print stay, at a third of the bytes.
const hindiShaping = ["ccmp", "locl", "nukt", "akhn", "rphf", "rkrf", "blwf", "half", "vatu", "cjct", "init", "abvs", "blws", "psts", "haln", "abvm", "blwm", "kern", "mark", "mkmk"];

const cuts = [
  { name: "anek-latin.1", file: latin, text: range(0x20, 0x7e) + range(0xa0, 0xff) + "ıŒœˆ˚˜–—‘’‚“”„†•…‰‹›⁄€™↑↓−∕\u2009\u200a\u202f" },
  { name: "anek-rupee.1", file: latinExt, text: "₹" },
  { name: "anek-latin-ext.1", file: latinExt, text: range(0x100, 0x17f) + "ȘșȚțǍǎǏǐǑǒǓǔẀẁẂẃẄẅẞỲỳ" },
  { name: "anek-hindi-word.1", file: devanagari, text: "हिन्दी" },
  { name: "anek-devanagari.2", file: devanagari, text: range(0x900, 0x97f) + "₹\u200c\u200d\u25cc", features: hindiShaping },
];

/** @param {string} [dist] folder of built files @returns {Promise<string[]>} names it owns there */
export async function buildFonts(dist = "static/dist") {
  const folder = join(dist, "fonts");
  mkdirSync(folder, { recursive: true });
  for (const cut of cuts) {
    const target = join(folder, `${cut.name}.woff2`);
    if (existsSync(target)) continue;
    const font = await subset(readFileSync(cut.file), cut.text, {
      targetFormat: "woff2",
      variationAxes: { wght: { min: 400, max: 700, default: 400 } },
      keepFeatures: cut.features,
    });
    writeFileSync(target, font);
    console.log(`fonts: ${cut.name} ${(font.length / 1024).toFixed(1)} kB`);
  }
  return cuts.map((cut) => `fonts/${cut.name}.woff2`);
}

if (process.argv[1]?.endsWith("fonts.mjs")) await buildFonts();
