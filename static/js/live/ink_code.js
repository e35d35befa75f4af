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

/**
 * The box around the points of a code, read without making a list of them: a board opens with thousands of strokes of which the
 * screen shows some hundred. @param {string} code @returns {[number, number, number, number]|null} least x, y, most x, y; null
 * for what `decodePoints` refuses
 */
export function extentOf(code) {
  let minX = Infinity;
  let minY = Infinity;
  let maxX = -Infinity;
  let maxY = -Infinity;
  let x = 0;
  let y = 0;
  let place = 0; // 0: an x comes next, 1: a y, 2: a pressure
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
    if (shift > 0 && digit === 0) return null;
    const change = (value >>> 1) ^ -(value & 1);
    if (place === 0) {
      x += change;
      if (x < minX) minX = x;
      if (x > maxX) maxX = x;
      place = 1;
    } else if (place === 1) {
      y += change;
      if (y < minY) minY = y;
      if (y > maxY) maxY = y;
      place = 2;
    } else place = 0;
    value = 0;
    shift = 0;
  }
  return shift === 0 && place === 0 ? [minX, minY, maxX, maxY] : null;
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
