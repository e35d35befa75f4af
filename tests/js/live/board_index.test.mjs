// Where the things of a page lie: what is found is what is there, in drawing order, whatever happened before.
import assert from "node:assert/strict";
import test from "node:test";
import { meets } from "../../../static/js/live/board_bounds.js";
import { BoardIndex } from "../../../static/js/live/board_index.js";
import { BoardState } from "../../../static/js/live/board_state.js";

const dice = (seed) => (n) => (seed = (seed * 48271) % 2147483647) % n;
const square = (id, x, y, page = 0) => ({ do: "shape", kind: "rectangle", id, page, color: 0, width: 10, box: [x, y, x + 80, y + 60] });

test("after any steps the index finds what a new one finds, in drawing order", () => {
  const random = dice(5);
  const state = new BoardState();
  const index = new BoardIndex(state, 0);
  const known = [];
  const back = [];
  for (let step = 0; step < 400; step += 1) {
    const one = [known[random(known.length || 1)] ?? "none", known[random(known.length || 1)] ?? "none"];
    const op = [
      square(`t${step}`, random(2000), random(2000), random(2)), { do: "remove", ids: one }, { do: "restore", ids: one },
      { do: "move", ids: one, dx: random(300) - 150, dy: random(300) - 150 }, { do: "clear", page: random(60) }, square(`u${step}`, random(2000), random(2000)),
    ][random(6)];
    if (op.id) known.push(op.id);
    const sheet = random(3) === 0 ? back : undefined; // an own line may be lifted again, and be laid over what came meanwhile
    const line = { seq: step, author: random(2) ? "a" : "b", client_id: `c${step}`, op };
    const change = state.apply(line, sheet);
    const touched = [...(change?.ids ?? []), change?.added?.id ?? "none"];
    if (sheet && random(2)) {
      while (back.length > 0) back.pop()();
      if (random(2)) state.apply(line);
      touched.push(...known);
    } else if (!sheet) back.length = 0;
    index.refresh(state, new Set(touched));
    const box = { minX: random(2000), minY: random(2000), maxX: 0, maxY: 0 };
    Object.assign(box, { maxX: box.minX + random(900), maxY: box.minY + random(900) });
    const fresh = new BoardIndex(state, 0);
    const names = (places) => places.map(({ thing, minX, minY }) => [thing.id, thing.at, minX, minY]);
    assert.deepEqual(names(index.within(box)), names(fresh.within(box)));
    assert.deepEqual(names(index.within(box)), names(state.visible(0).map(({ id }) => index.placeOf(id)).filter((place) => meets(place, box))));
    assert.deepEqual(index.all(), fresh.all());
  }
});

test("what changed is told with where it was and where it is", () => {
  const state = new BoardState();
  const line = (seq, op) => ({ seq, author: "a", client_id: `${seq}`, op });
  state.apply(line(1, square("x", 0, 0)));
  const index = new BoardIndex(state, 0);
  state.apply(line(2, { do: "move", ids: ["x"], dx: 500, dy: 0 }));
  assert.deepEqual(index.refresh(state, ["x"]).map(({ minX }) => minX), [-20, 480]);
  state.apply(line(3, { do: "remove", ids: ["x"] }));
  assert.equal(index.refresh(state, ["x"]).length, 1);
  assert.deepEqual(index.within({ minX: -1e6, minY: -1e6, maxX: 1e6, maxY: 1e6 }), []);
});
