// Which squares a window on the board needs.
import assert from "node:assert/strict";
import test from "node:test";
import { SIDE, edges, nextCells, seenCells } from "../../../static/js/live/board_grid.js";

const dice = (seed) => (n) => (seed = (seed * 48271) % 2147483647) % n;

test("the squares of a sight cover it, and none of them lies beside it", () => {
  const random = dice(3);
  for (let round = 0; round < 300; round += 1) {
    const scale = [0.25, 0.61, 1, 2.625, 8][random(5)];
    const sight = { x: random(9000) - 4500.5, y: random(9000) - 4500.25, width: 300 + random(3000), height: 200 + random(2000), scale };
    const cells = seenCells(sight, scale);
    const boxes = cells.map(({ i, j }) => edges(i, j, scale));
    const around = (side, pick) => pick(...boxes.map((box) => box[side])) / 10;
    assert.ok(around("minX", Math.min) <= sight.x && around("maxX", Math.max) >= sight.x + sight.width);
    assert.ok(around("minY", Math.min) <= sight.y && around("maxY", Math.max) >= sight.y + sight.height);
    for (const box of boxes) {
      assert.ok(box.maxX / 10 > sight.x && box.minX / 10 < sight.x + sight.width && box.maxY / 10 > sight.y && box.minY / 10 < sight.y + sight.height);
    }
    const columns = new Set(cells.map(({ i }) => i)).size;
    assert.equal(new Set(cells.map(({ i, j }) => `${i},${j}`)).size, columns * new Set(cells.map(({ j }) => j)).size);
  }
});

test("squares in the middle of the sight come first", () => {
  const cells = seenCells({ x: 0, y: 0, width: 5 * SIDE, height: 3 * SIDE, scale: 1 }, 1);
  assert.deepEqual(cells[0], { i: 2, j: 1 });
  assert.equal(cells.length, 15);
});

test("what comes next lies where the board is moved to", () => {
  const sight = { x: 10, y: 10, width: SIDE, height: SIDE, scale: 1 };
  assert.deepEqual(nextCells(sight, 1, 0, 0), []);
  assert.deepEqual(nextCells(sight, 1, 1, 0), [{ i: 2, j: 0 }, { i: 2, j: 1 }]);
  assert.deepEqual(nextCells(sight, 1, -1, -1), [{ i: -1, j: 0 }, { i: -1, j: 1 }, { i: 0, j: -1 }, { i: 1, j: -1 }, { i: -1, j: -1 }]);
});
