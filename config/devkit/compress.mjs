/** Puts .br and .gz beside each text file, so that the server sends them as they are. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const TEXT = /\.(css|js|svg|txt|html|webmanifest)$/;
const WORTH_BYTES = 400;
const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);

/** @param {string} dist @param {string[]} names relative to dist */
export async function compressAll(dist, names) {
  await Promise.all(
    names
      .filter((name) => TEXT.test(name))
      .map(async (name) => {
        const file = path.join(dist, name);
        if (existsSync(`${file}.br`) && existsSync(`${file}.gz`)) return;
        const content = await readFile(file);
        if (content.length < WORTH_BYTES) return;
        await writeFile(`${file}.br`, await toBrotli(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
        await writeFile(`${file}.gz`, await toGzip(content, { level: 9 }));
      }),
  );
}
