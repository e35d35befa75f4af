// How far the chat is read: said when it is seen, once, and only upwards.
import assert from "node:assert/strict";
import test from "node:test";
import { ChatRead } from "../../../static/js/live/chat_read.js";

function reader({ looking = true, fails = false } = {}) {
  const state = { looking, fails, said: [], theirs: [], later: [] };
  const read = new ChatRead({
    say: async (seq) => {
      if (state.fails) throw new Error("offline");
      state.said.push(seq);
      return { mine: Math.max(...state.said), theirs: 0 };
    },
    looking: () => state.looking,
    onTheirs: (seq) => state.theirs.push(seq),
    wait: (act) => state.later.push(act),
  });
  const run = async () => {
    for (const act of state.later.splice(0)) act();
    await new Promise((done) => setImmediate(done));
  };
  return { read, state, run };
}

test("many lines at once are said once, the newest of them", async () => {
  const { read, state, run } = reader();
  read.setOpen(true);
  for (const seq of [3, 4, 9]) read.came(seq);
  await run();
  assert.deepEqual(state.said, [0, 9]);
  read.look();
  await run();
  assert.deepEqual(state.said, [0, 9]);
});

test("what nobody looks at is not read", async () => {
  const { read, state, run } = reader({ looking: false });
  read.setOpen(true);
  read.came(1);
  await run();
  assert.deepEqual(state.said, [0]);
  state.looking = true;
  read.look();
  await run();
  assert.deepEqual(state.said, [0, 1]);
});

test("what could not be said is said when the line is back", async () => {
  const { read, state, run } = reader({ fails: true });
  read.setOpen(true);
  read.came(2);
  await run();
  assert.deepEqual(state.said, []);
  state.fails = false;
  read.setOpen(false);
  read.setOpen(true);
  await run();
  await run();
  assert.deepEqual(state.said, [0, 2]);
});

test("their mark only rises, whatever comes", () => {
  const { read, state } = reader();
  for (const seq of [4, 2, 4, "9", null, NaN, 7]) read.heard(seq);
  assert.deepEqual(state.theirs, [4, 7]);
});
