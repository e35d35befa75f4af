// Points of ink as short text. No DOM. The twin of peerlearn/live/ink_code.py, which tells the code; one table tests both.

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const MORE = 32;
const FOREIGN = 255;
const MOST_BITS = 25;

const values = new Uint8Array(128).fill(FOREIGN);
for (let digit = 0; digit < 64; digit += 1) values[ALPHABET.charCodeAt(digit)] = digit;

/** The code of x, y, pressure, x, y, pressure ... @param {ArrayLike<number>} points @returns {string} */
export function encodePoints(points) {
  let code = "";
  for (let i = 0; i < points.length; i += 1) {
    const change = points[i] - (i < 3 ? 0 : points[i - 3]);
    let value = change >= 0 ? change * 2 : -change * 2 - 1;
    if (value >= 2 ** (MOST_BITS + 5)) throw new RangeError(`a step of ${change} is beyond the code`);
    while (value >= MORE) {
      code += ALPHABET[(value & 31) | MORE];
      value >>>= 5;
    }
    code += ALPHABET[value];
  }
  return code;
}

/** The points of a code, or null for anything that `encodePoints` would not have written. @param {unknown} code @returns {number[]|null} */
export function decodePoints(code) {
  if (typeof code !== "string") return null;
  /** @type {number[]} */
  const points = [];
  let value = 0;
  let shift = 0;
  for (let i = 0; i < code.length; i += 1) {
    const char = code.charCodeAt(i);
    const digit = char < 128 ? values[char] : FOREIGN;
    if (digit === FOREIGN) return null;
    value |= (digit & 31) << shift;
    if (digit >= MORE) {
      if (shift >= MOST_BITS) return null;
      shift += 5;
      continue;
    }
    if (shift > 0 && digit === 0) return null; // the same number has a shorter code
    const change = (value >>> 1) ^ -(value & 1);
    points.push(points.length < 3 ? change : points[points.length - 3] + change);
    value = 0;
    shift = 0;
  }
  return shift === 0 && points.length % 3 === 0 ? points : null;
}
