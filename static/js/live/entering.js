// From the lobby into the room within one page: the line, camera and microphone, and the styles are here already, and stay.
// Whatever stands in the way, the room's address leads in as any link does.

import { hold } from "../core/socket.js";
import { Seat } from "./seat.js";

const FETCH_MS = 6000;
const SOON_MS = 900;

/** @typedef {{page: Document, root: HTMLElement, Room: typeof import("./room.js").Room}} Parts */

export class Entering {
  /** @param {{url: string, media: import("./media.js").Media, leave: () => void}} parts
   *  `url` of the room; `media` is open and stays so; `leave` ends what only the lobby does */
  constructor({ url, media, leave }) {
    this.url = url;
    this.media = media;
    this.leave = leave;
    this.goes = false;
    this.shows = location.pathname;
    /** @type {Promise<Parts>|undefined} */
    this.parts = undefined;
    // Going back and forth leads to another page, though to the browser it is the same document.
    addEventListener("popstate", () => location.pathname !== this.shows && location.reload());
  }

  /** Go in when what is said has been read; until then fetch what the room is made of. */
  soon() {
    void this.#prepare().catch(() => {}); // going in finds out
    setTimeout(() => void this.go(), SOON_MS);
  }

  /** A link leads in like this, unless it is to open beside this page. @param {HTMLElement} link */
  bind(link) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      void this.go();
    });
  }

  /** Go in now. */
  async go() {
    if (this.goes) return;
    this.goes = true;
    performance.mark("going-in"); // `make drill-line` reads it
    try {
      const { page, root, Room } = await this.#prepare();
      this.leave();
      history.pushState(null, "", this.url);
      this.shows = location.pathname;
      hold();
      const seat = new Seat({ session: JSON.parse(root.dataset.facts ?? "{}").session });
      await seat.tab;
      await new Promise((done) => setTimeout(done)); // the seat is asked for: the server looks while the page is put together
      become(page);
      new Room(root, { seat, media: this.media });
    } catch (error) {
      console.warn("entering", error);
      this.media.close();
      location.assign(this.url);
    }
  }

  /** @returns {Promise<Parts>} */
  #prepare() {
    this.parts ??= Promise.all([fetchRoom(this.url), import("./room.js")]).then(([{ page, root }, { Room }]) => ({ page, root, Room }));
    return this.parts;
  }
}

/** The room's page, and what it asks for at once is asked for. @param {string} url */
async function fetchRoom(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS) });
  if (!answer.ok || answer.redirected) throw new Error(`the room answers ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const root = /** @type {HTMLElement|null} */ (page.querySelector("#main[data-facts]"));
  if (!root) throw new Error("that is no room");
  for (const link of page.querySelectorAll('head > link[rel="preload"][as="fetch"]')) document.head.append(document.importNode(link));
  return { page, root };
}

/** This document shows that page from now on. @param {Document} page */
function become(page) {
  document.title = page.title;
  const token = 'meta[name="csrf-token"]';
  document.querySelector(token)?.setAttribute("content", page.querySelector(token)?.getAttribute("content") ?? "");
  document.body.className = page.body.className;
  document.body.replaceChildren(...page.body.childNodes);
  scrollTo(0, 0);
}
