// Ink as short text: the same table is read by the server's test.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { decodePoints, encodePoints } from "../../../static/js/live/ink_code.js";

const { good, bad } = JSON.parse(readFileSync(new URL("ink_examples.json", import.meta.url), "utf8"));

test("browser and server write the same code", () => {
  for (const { points, code } of good) {
    assert.equal(encodePoints(points), code);
    assert.deepEqual(decodePoints(code), points);
  }
});

test("what nobody wrote is refused", () => {
  for (const code of [...bad, null, 7, ["AAA"], {}]) assert.equal(decodePoints(code), null, JSON.stringify(code));
  assert.throws(() => encodePoints([2 ** 29, 0, 0]), RangeError);
});

test("any ink comes back as it was, and any changed letter is seen or is other ink", () => {
  let seed = 11;
  const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
  for (let round = 0; round < 300; round += 1) {
    const reach = [3, 40, 4000, 400000][random(4)];
    const points = Array.from({ length: 3 * random(40) }, (_, i) => (i % 3 === 2 ? random(101) : random(2 * reach) - reach));
    const code = encodePoints(points);
    assert.deepEqual(decodePoints(code), points);
    if (code === "") continue;
    const place = random(code.length);
    const changed = code.slice(0, place) + (code[place] === "B" ? "C" : "B") + code.slice(place + 1);
    const read = decodePoints(changed);
    if (read) assert.equal(encodePoints(read), changed);
  }
});
