// How far the chat is read, by both. Ours is said when it is on the screen; theirs is heard. Both only rise. No DOM.

const SAY_MS = 250;

export class ChatRead {
  /**
   * @param {{say: (seq: number) => Promise<{mine: number, theirs: number}>, looking: () => boolean, onTheirs: (seq: number) => void,
   *   wait?: (act: () => void, milliseconds: number) => unknown}} parts
   *   `say` tells the server (0 only asks); `looking` is whether the newest line is on the screen
   */
  constructor({ say, looking, onTheirs, wait = (act, milliseconds) => setTimeout(act, milliseconds) }) {
    this.say = say;
    this.looking = looking;
    this.onTheirs = onTheirs;
    this.wait = wait;
    /** the newest line of the other one */
    this.newest = 0;
    this.mine = 0;
    this.theirs = 0;
    this.open = false;
    this.planned = false;
  }

  /** A line of the other one is in the list. @param {number} seq */
  came(seq) {
    this.newest = Math.max(this.newest, seq);
    this.look();
  }

  /** They have read. @param {unknown} seq */
  heard(seq) {
    if (typeof seq !== "number" || !(seq > this.theirs)) return;
    this.theirs = seq;
    this.onTheirs(seq);
  }

  /** The line is up (or down): ask what was read meanwhile. @param {boolean} open */
  setOpen(open) {
    this.open = open;
    if (open) void this.#tell(0);
  }

  /** Something changed on the screen: say what is read now, a few changes at once. */
  look() {
    if (this.planned || !this.open || this.newest <= this.mine || !this.looking()) return;
    this.planned = true;
    this.wait(() => {
      this.planned = false;
      if (this.open && this.newest > this.mine && this.looking()) void this.#tell(this.newest);
    }, SAY_MS);
  }

  /** @param {number} seq */
  async #tell(seq) {
    try {
      const { mine, theirs } = await this.say(seq);
      this.mine = Math.max(this.mine, mine);
      this.heard(theirs);
      if (this.newest > this.mine) this.look();
    } catch {
      // The line went down: the next joining asks again, and the next look says it again.
    }
  }
}
