// Writes static/dist/icons.json: the Lucide shapes whose names are quoted in templates, scripts or Python, and no others.
// Over-reading is harmless (the file stays on the server); a name that is missed would break a page.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const drawn = "node_modules/lucide-static/icons";
const readable = /\.(html|txt|js|py)$/;

/** @param {string} folder @returns {string[]} */
function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "dist" ? [] : filesIn(path);
    return readable.test(entry.name) ? [path] : [];
  });
}

/** @param {string} [dist] folder of built files @returns {string[]} names it owns there */
export function buildIcons(dist = "static/dist") {
  const known = new Set(readdirSync(drawn).map((name) => name.replace(/\.svg$/, "")));
  /** @type {Record<string, string>} */
  const shapes = {};
  for (const file of ["templates", "static/js", "blueprints", "peerlearn"].flatMap(filesIn)) {
    for (const [, name] of readFileSync(file, "utf8").matchAll(/["']([a-z][a-z0-9-]+|x)["']/g)) {
      if (name in shapes || !known.has(name)) continue;
      const svg = readFileSync(join(drawn, `${name}.svg`), "utf8");
      shapes[name] = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace("</svg>", "").replace(/\s*\n\s*/g, "");
    }
  }
  mkdirSync(dist, { recursive: true });
  writeFileSync(join(dist, "icons.json"), JSON.stringify(shapes));
  return ["icons.json"];
}

if (process.argv[1]?.endsWith("icons.mjs")) buildIcons();
