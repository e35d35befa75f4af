// Where what waits for the server outlives the page, its tab and the whole browser. No DOM.
//
// A tab's own storage dies with the tab, and the browser writes localStorage to disk only now and then; an IndexedDB
// transaction that is committed at once is with the browser's own process before this page does anything else.

const NAME = "lessons";
const STORE = "waiting";
const KEPT_MS = 24 * 3600 * 1000;

/** @typedef {{box: string, client_id: string, until: number, item: any}} Row */

/** @type {Promise<IDBDatabase|null>|undefined} */
let opened;

/** However long it takes: what is put meanwhile is kept as soon as it is open. @returns {Promise<IDBDatabase|null>} null where the browser keeps nothing: items then live as long as the page */
function open() {
  opened ??= new Promise((done) => {
    try {
      const asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = () => {
        const store = asked.result.createObjectStore(STORE, { autoIncrement: true });
        store.createIndex("box", "box");
        store.createIndex("client", ["box", "client_id"]);
        store.createIndex("until", "until");
      };
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => done(null);
    } catch {
      done(null);
    }
  });
  return opened;
}

/**
 * The waiting items of one box of one person in one lesson.
 * @template {{client_id: string}} T
 */
export class Shelf {
  /** @param {{box: string, ends: number}} parts `ends` is the lesson's end; a day later what was never sent is thrown away */
  constructor({ box, ends }) {
    this.box = box;
    this.until = ends + KEPT_MS;
    void open(); // which takes a while
  }

  /**
   * What an earlier page left here, in the order in which it was put. Throws away what belongs to lessons long over.
   * @param {number} now the server's time: this device's clock may be wrong @returns {Promise<T[]>}
   */
  load(now) {
    return this.#do(/** @type {T[]} */ ([]), (store, done) => {
      store.index("until").openKeyCursor(IDBKeyRange.upperBound(now)).onsuccess = ({ target }) => {
        const cursor = /** @type {IDBRequest<IDBCursor|null>} */ (target).result;
        if (!cursor) return;
        store.delete(cursor.primaryKey);
        cursor.continue();
      };
      const asked = store.index("box").getAll(this.box);
      asked.onsuccess = () => done(asked.result.map((/** @type {Row} */ row) => row.item));
    });
  }

  /** @param {T} item */
  put(item) {
    void this.#do(undefined, (store) => {
      store.put({ box: this.box, client_id: item.client_id, until: this.until, item });
      store.transaction.commit?.();
    });
  }

  /** @param {string[]} ids client ids that the server has answered */
  remove(ids) {
    void this.#do(undefined, (store) => {
      for (const id of ids) {
        const asked = store.index("client").getAllKeys([this.box, id]);
        asked.onsuccess = () => asked.result.forEach((key) => store.delete(key));
      }
    });
  }

  /**
   * @template R @param {R} otherwise @param {(store: IDBObjectStore, done: (result: R) => void) => void} act @returns {Promise<R>}
   */
  async #do(otherwise, act) {
    const db = await open();
    return new Promise((done) => {
      if (!db) return done(otherwise);
      try {
        const transaction = db.transaction(STORE, "readwrite");
        transaction.onabort = transaction.oncomplete = () => done(otherwise);
        act(transaction.objectStore(STORE), done);
      } catch (error) {
        console.warn("shelf", error); // the browser has closed its storage: the page still holds everything
        done(otherwise);
      }
    });
  }
}
