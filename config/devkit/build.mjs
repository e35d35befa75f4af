/**
 * Builds everything a browser fetches: static/js/entries/*.js (one per page), static/css/*.css, static/img, fonts and icons
 * go to static/dist under names that carry their hash; static/dist/manifest.json says which name stands for what.
 *
 *     node config/devkit/build.mjs            once, minified, with .br and .gz beside each text file
 *     node config/devkit/build.mjs --watch    again at each change, without compressing
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, watch } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import { compressAll } from "./compress.mjs";
import { buildFonts } from "./fonts.mjs";
import { buildIcons } from "./icons.mjs";

const run = promisify(execFile);
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const STATIC = path.join(ROOT, "static");
const DIST = path.join(STATIC, "dist");
const TAILWIND = path.join(ROOT, "node_modules/@tailwindcss/cli/dist/index.mjs");
process.chdir(ROOT);
const watching = process.argv.includes("--watch");

/** @param {string | Uint8Array} content */
const hashOf = (content) => createHash("sha256").update(content).digest("hex").slice(0, 10);

/** @param {string} name @param {string} hash  "img/logo.svg" -> "img/logo-HASH.svg" */
const hashed = (name, hash) => name.replace(/(\.[a-z0-9]+)$/i, `-${hash}$1`);

/**
 * Write a file only when its content is new, so that finished files keep their compressed siblings.
 * @param {string} name @param {string | Uint8Array} content
 */
async function put(name, content) {
  const target = path.join(DIST, name);
  await mkdir(path.dirname(target), { recursive: true });
  if (existsSync(target) && hashOf(await readFile(target)) === hashOf(content)) return;
  await rm(`${target}.br`, { force: true });
  await rm(`${target}.gz`, { force: true });
  await writeFile(`${target}.new`, content);
  await rename(`${target}.new`, target); // a server that reads now sees the old file or the new one, never half of one
}

/** @param {string} folder @returns {Promise<string[]>} paths relative to the folder */
async function filesIn(folder) {
  if (!existsSync(folder)) return [];
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((f) => f.isFile()).map((f) => path.relative(folder, path.join(f.parentPath ?? f.path, f.name)));
}

/** Bundle each page's entry as an ES module; what several pages share becomes chunks. @param {Record<string, string>} manifest */
async function scripts(manifest) {
  const folder = path.join(STATIC, "js/entries");
  const names = (await filesIn(folder)).filter((name) => name.endsWith(".js"));
  if (!names.length) return;
  const built = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: names.map((name) => path.join(folder, name)),
    outdir: DIST,
    entryNames: "entries/[name]-[hash]",
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
    sourcemap: watching ? "linked" : false,
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  for (const file of built.outputFiles) await put(path.relative(DIST, file.path), file.contents);
  for (const [output, about] of Object.entries(built.metafile.outputs)) {
    const name = path.relative(DIST, path.join(ROOT, output));
    if (about.entryPoint?.startsWith("static/js/entries/")) manifest[`entries/${path.basename(about.entryPoint)}`] = name;
    else manifest[name] = name;
  }
  const needs = JSON.stringify(Object.fromEntries(names.map((name) => [`entries/${name}`, neededAtOnce(built.metafile, `entries/${name}`)])), null, 1);
  await put("needs.json", needs);
}

/**
 * The chunks that an entry needs before it can do anything: those it imports, and the socket's library, which is imported late but in
 * every case. A page names them, so that a browser fetches all of them at once instead of one row after the other.
 * @param {esbuild.Metafile} metafile @param {string} entry
 */
function neededAtOnce(metafile, entry) {
  const outputs = metafile.outputs;
  const first = Object.keys(outputs).find((name) => outputs[name].entryPoint?.endsWith(`static/js/${entry}`));
  const found = new Set([first ?? ""]);
  for (const name of found) {
    for (const { path: next, kind } of outputs[name]?.imports ?? []) {
      if (kind === "import-statement" || outputs[next]?.entryPoint?.includes("socket.io-client")) found.add(next);
    }
  }
  return [...found].filter(Boolean).map((name) => path.relative(DIST, path.join(ROOT, name)));
}

/** Each style sheet in static/css that no other one imports. @param {Record<string, string>} manifest */
async function styles(manifest) {
  const folder = path.join(STATIC, "css");
  const sheets = existsSync(folder) ? (await readdir(folder)).filter((name) => name.endsWith(".css")) : [];
  const text = await Promise.all(sheets.map((name) => readFile(path.join(folder, name), "utf8")));
  const entries = sheets.filter((name) => !text.some((css) => css.includes(`"./${name}"`)));
  const scratch = await mkdtemp(path.join(tmpdir(), "peerlearn-css-"));
  for (const name of entries) {
    const out = path.join(scratch, name);
    await run(process.execPath, [TAILWIND, "-i", path.join(folder, name), "-o", out, "--minify"], { cwd: ROOT });
    const css = await readFile(out);
    manifest[name] = hashed(name, hashOf(css));
    await put(manifest[name], css);
  }
  await rm(scratch, { recursive: true });
}

/** Pictures are copied under hashed names. @param {Record<string, string>} manifest */
async function pictures(manifest) {
  for (const name of await filesIn(path.join(STATIC, "img"))) {
    const content = await readFile(path.join(STATIC, "img", name));
    const key = `img/${name.split(path.sep).join("/")}`;
    manifest[key] = hashed(key, hashOf(content));
    await put(manifest[key], content);
  }
}

/** Remove what earlier builds left. @param {Record<string, string>} manifest */
async function sweep(manifest) {
  const kept = new Set([...Object.values(manifest), "manifest.json", "needs.json", "icons.json"]);
  for (const name of await filesIn(DIST)) {
    const plain = name.split(path.sep).join("/").replace(/\.(br|gz|map)$/, "");
    if (!kept.has(plain) && !plain.startsWith("fonts/") && !name.startsWith(".")) await rm(path.join(DIST, name), { force: true });
  }
}

async function build() {
  const started = performance.now();
  await mkdir(DIST, { recursive: true });
  /** @type {Record<string, string>} */
  const manifest = {};
  await Promise.all([scripts(manifest), styles(manifest), pictures(manifest), buildFonts(DIST)]);
  buildIcons(DIST);
  await put("manifest.json", JSON.stringify(Object.fromEntries(Object.entries(manifest).sort()), null, 1));
  await sweep(manifest);
  if (!watching) await compressAll(DIST, await filesIn(DIST));
  console.log(`built ${Object.keys(manifest).length} files in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** Build again at each change; an error is shown and the watch goes on. */
async function keepBuilding() {
  /** @type {NodeJS.Timeout | undefined} */
  let soon;
  let queue = Promise.resolve();
  const again = () => {
    clearTimeout(soon);
    soon = setTimeout(() => {
      queue = queue.then(build).catch((error) => console.error(String(error.stderr ?? error.message ?? error)));
    }, 120);
  };
  for (const folder of ["static/js", "static/css", "static/img", "templates", "blueprints"]) {
    if (existsSync(path.join(ROOT, folder))) watch(path.join(ROOT, folder), { recursive: true }, again);
  }
  again();
}

if (watching) await keepBuilding();
else {
  try {
    await build();
  } catch (error) {
    console.error(/** @type {any} */ (error).stderr ?? error);
    process.exit(1);
  }
}
