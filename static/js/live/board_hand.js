// What a hand does with the chosen tool. Turns spots on the screen into steps for the log.

import { newId } from "./ids.js";
import { LIMIT, SHAPES } from "./protocol.js";

/** @typedef {import("./board_state.js").Operation} Operation @typedef {import("./board_pointer.js").Spot} Spot */

const ERASER_PX = 12;

export class BoardHand {
  /**
   * @param {{view: import("./board_view.js").BoardView, commit: (op: Operation, touched?: string[]) => void,
   *   sender: import("./ink.js").InkSender, onHover: (x: number, y: number) => void, onText: (spot: Spot) => void, color: number}} parts
   */
  constructor({ view, commit, sender, onHover, onText, color }) {
    this.view = view;
    this.commit = commit;
    this.sender = sender;
    this.onHover = onHover;
    this.onText = onText;
    this.tool = "pen";
    this.color = color;
    this.width = 30;
    this.shape = SHAPES[0];
    /** @type {Operation|null} the own unfinished thing */
    this.current = null;
    /** @type {Spot|undefined} where the hand came down */
    this.start = undefined;
    this.frameWanted = false;
  }

  /** @param {Spot} spot */
  begin(spot) {
    const [x, y] = this.#board(spot);
    const common = { id: newId(), page: this.view.page, color: this.color, width: this.width };
    if (this.tool === "pen") {
      this.current = { do: "stroke", ...common, points: [x, y, spot.pressure] };
      this.sender.begin();
      this.#frame();
    } else if (this.tool === "shapes") {
      this.current = { do: "shape", ...common, kind: this.shape, box: [x, y, x, y] };
    } else if (this.tool === "eraser") {
      this.#erase(spot);
    }
    this.start = spot;
  }

  /** @param {Spot[]} spots */
  move(spots) {
    if (this.tool === "eraser") {
      for (const spot of spots) this.#erase(spot);
      return;
    }
    const now = this.current;
    if (!now) return;
    for (const spot of spots) {
      const [x, y] = this.#board(spot);
      if (now.do === "shape") now.box = [.../** @type {number[]} */ (now.box).slice(0, 2), x, y];
      else if (now.points) {
        const last = now.points.length;
        if (Math.abs(now.points[last - 3] - x) + Math.abs(now.points[last - 2] - y) < 6) continue;
        now.points.push(x, y, spot.pressure);
        if (now.points.length >= LIMIT.STROKE_NUMBERS) this.#split(x, y, spot.pressure);
      }
    }
    this.#frame();
  }

  end() {
    const done = this.current;
    this.current = null;
    if (this.tool === "text" && this.start) {
      this.onText(this.start);
    } else if (done?.do === "stroke") {
      this.sender.frame(/** @type {any} */ (done));
      this.commit(done);
    } else if (done?.do === "shape") {
      const [ax, ay, bx, by] = done.box ?? [];
      if (Math.hypot(bx - ax, by - ay) > 40) this.commit(done); // a tap is no shape
    }
    this.view.redrawLive();
  }

  cancel() {
    this.current = null;
    this.view.redrawLive();
  }

  /** @param {Spot} spot */
  hover(spot) {
    this.onHover(...this.#board(spot));
  }

  /** @param {Spot} spot @returns {[number, number]} */
  #board(spot) {
    const [x, y] = this.view.viewport.toBoard(spot.x, spot.y);
    const fit = (/** @type {number} */ n) => Math.min(LIMIT.COORDINATE, Math.max(-LIMIT.COORDINATE, n));
    return [fit(x), fit(y)];
  }

  /** @param {Spot} spot */
  #erase(spot) {
    const hit = this.view.hit(spot.x, spot.y, ERASER_PX).slice(0, LIMIT.IDS);
    // What is touched goes at once, so that the hand sees what it does; one thing is one undo.
    if (hit.length > 0) this.commit({ do: "remove", ids: hit }, hit);
  }

  /** A stroke longer than one step may hold goes on in a second one. @param {number} x @param {number} y @param {number} pressure */
  #split(x, y, pressure) {
    const full = /** @type {Operation} */ (this.current);
    this.commit(full);
    this.current = { ...full, id: newId(), points: [x, y, pressure] };
    this.sender.begin();
  }

  #frame() {
    if (this.frameWanted) return;
    this.frameWanted = true;
    requestAnimationFrame(() => {
      this.frameWanted = false;
      if (this.current?.do === "stroke") this.sender.frame(/** @type {any} */ (this.current));
      this.view.redrawLive();
    });
  }
}
