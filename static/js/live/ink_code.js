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
 * Read the numbers of a code one by one, without making a list of them.
 * @param {string} code @param {(change: number, place: number) => void} take `place` 0 is an x, 1 a y, 2 a pressure, each less the last
 * of its kind
 * @returns {boolean} false for anything that `encodePoints` would not have written; what was taken until then is worth nothing
 */
function readChanges(code, take) {
  let place = 0;
  let value = 0;
  let shift = 0;
  for (let i = 0; i < code.length; i += 1) {
    const char = code.charCodeAt(i);
    const digit = char < 128 ? values[char] : FOREIGN;
    if (digit === FOREIGN) return false;
    value |= (digit & 31) << shift;
    if (digit >= MORE) {
      if (shift >= MOST_BITS) return false;
      shift += 5;
      continue;
    }
    if (shift > 0 && digit === 0) return false; // the same number has a shorter code
    take((value >>> 1) ^ -(value & 1), place);
    place = place === 2 ? 0 : place + 1;
    value = 0;
    shift = 0;
  }
  return shift === 0 && place === 0;
}

/**
 * The box around the points of a code: a board opens with thousands of strokes of which the screen shows some hundred.
 * @param {string} code @returns {[number, number, number, number]|null} least x, y, most x, y; null for what `decodePoints` refuses
 */
export function extentOf(code) {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  let x = 0;
  let y = 0;
  const whole = readChanges(code, (change, place) => {
    if (place === 0) {
      x += change;
      if (x < minX) minX = x;
      if (x > maxX) maxX = x;
    } else if (place === 1) {
      y += change;
      if (y < minY) minY = y;
      if (y > maxY) maxY = y;
    }
  });
  return whole ? [minX, minY, maxX, maxY] : null;
}

/** The points of a code, or null for anything that `encodePoints` would not have written. @param {unknown} code @returns {number[]|null} */
export function decodePoints(code) {
  if (typeof code !== "string") return null;
  /** @type {number[]} */
  const points = [];
  const whole = readChanges(code, (change) => points.push(points.length < 3 ? change : points[points.length - 3] + change));
  return whole ? points : null;
}
