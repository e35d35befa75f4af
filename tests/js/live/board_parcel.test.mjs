// What a painter beside the page gets is what the page has.
import assert from "node:assert/strict";
import test from "node:test";

import { Packer, Unpacker } from "../../../static/js/live/board_parcel.js";
import { asSeen } from "../../../static/js/live/board_state.js";
import { encodePoints } from "../../../static/js/live/ink_code.js";

const ink = (id, more = {}) => asSeen({ do: "stroke", id, page: 0, color: 3, width: 30, points: encodePoints([10, 20, 50, 40, -7, 60]), ...more });
const place = (op, shift = [0, 0]) => ({ thing: { op }, shift });
/** What is painted of an operation. */
const look = ({ thing: { op }, shift }) => [op.do, op.color, op.width, op.pen, op.points, op.box, op.kind, op.text, [...shift]];

test("things come out as they went in, in their order, and each is sent once", () => {
  const [packer, unpacker] = [new Packer(), new Unpacker()];
  const old = { do: "stroke", id: "old", page: 0, color: 1, width: 20, points: [1, 2, 3] };
  const shape = { do: "shape", id: "box", page: 0, color: 2, width: 30, kind: "ellipse", box: [0, 0, 9, 9] };
  const text = { do: "text", id: "word", page: 0, color: 0, size: 200, at: [5, 5], text: "a,b" };
  const places = [place(ink("a")), place(text), place(shape, [7, -3]), place(ink("b", { pen: "highlighter" }), [0, 5]), place(text), place(old)];
  for (const expected of [5, 0]) {
    const parcel = structuredClone(packer.pack(places));
    assert.equal(parcel.facts.length / 4 + parcel.others.length, expected);
    assert.deepEqual(unpacker.unpack(parcel).map(look), places.map(look));
  }
});

test("a painter that holds too much forgets all, and is sent again what is still looked at", () => {
  const [packer, unpacker] = [new Packer(5), new Unpacker()];
  const all = Array.from({ length: 9 }, (_, n) => place(ink(`i${n}`, { color: n % 6 })));
  for (const part of [all.slice(0, 4), all.slice(2, 6), all, all.slice(0, 2)]) {
    const seen = unpacker.unpack(structuredClone(packer.pack(part)));
    assert.deepEqual(seen.map(look), part.map(look));
    assert.ok(unpacker.known.size <= Math.max(5, part.length));
  }
});
