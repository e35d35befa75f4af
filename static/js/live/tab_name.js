// The name under which a tab takes its seat. No DOM.
//
// The server asks before it moves a call from one tab to another. A tab or a browser that was killed says no farewell, and when the
// server was away at that moment it takes the seat for held for a while longer: whoever came back would be asked about a call that
// nobody holds. So each page in a lesson holds a lock of its browser's, which ends with the page however that ends. Who gets it at
// once is the only one in the lesson as far as this browser goes, and takes the name of the tab that held it last.

import { newId } from "./ids.js";

const KEY = "room-tab";
const FOR_LIFE = new Promise(() => {});

/**
 * The name of this browser tab. It survives a reload and the tab's own death; no two living tabs have the same.
 * @param {string} session the lesson's public id @returns {Promise<string>}
 */
export async function tabName(session) {
  const lock = `room:${session}`;
  const alone = await holdIfFree(lock);
  const name = sessionStorage.getItem(KEY) ?? ((alone && localStorage.getItem(KEY)) || newId());
  sessionStorage.setItem(KEY, name);
  const remember = () => localStorage.setItem(KEY, name);
  if (alone) remember();
  // Whoever was here before us goes at some time (on a reload in this very moment): then the last name is ours.
  else navigator.locks?.request(lock, () => (remember(), FOR_LIFE)).catch(() => {});
  return name;
}

/** @param {string} lock @returns {Promise<boolean>} whether this page holds the lock now, for as long as it lives */
function holdIfFree(lock) {
  return new Promise((done) => {
    // Without TLS, and in old browsers, nobody knows: then it is as if another tab were there.
    if (!navigator.locks) return done(false);
    const held = navigator.locks.request(lock, { ifAvailable: true }, (free) => {
      done(free !== null);
      return free && FOR_LIFE;
    });
    held.catch(() => done(false));
  });
}
