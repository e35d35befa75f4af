// Pointer events on the board become spots for the hand. What several pointers mean together stands in fingers.js.

import { Fingers } from "./fingers.js";

/**
 * @typedef {{x: number, y: number, pressure: number}} Spot  in CSS px within the board, pressure 0 to 100
 * @typedef {{eraser: boolean, more: boolean}} How  the pen's eraser end; Shift or Ctrl is held
 * @typedef {{begin: (spot: Spot, how: How) => void, move: (spots: Spot[], ahead: Spot[]) => void, end: () => void, cancel: () => void,
 *   hover: (spot: Spot) => void}} Hand
 */

const WHEEL_ZOOM = 1.0015;
const ERASER_BUTTON = 5; // the upper end of a pen, by the standard of pointer events

export class BoardPointer {
  /**
   * @param {{surface: HTMLElement, hand: Hand, onPan: (dx: number, dy: number) => void,
   *   onZoom: (factor: number, x: number, y: number) => void, moves: () => boolean}} parts
   * `moves` says whether one finger moves the board (the Move tool) and draws nothing
   */
  constructor({ surface, hand, onPan, onZoom, moves }) {
    this.surface = surface;
    this.hand = hand;
    this.onPan = onPan;
    this.onZoom = onZoom;
    this.moves = moves;
    this.fingers = new Fingers();
    /** @type {DOMRect|null} where the surface lies in this frame */
    this.box = null;
    surface.addEventListener("pointerdown", (event) => this.#down(event));
    surface.addEventListener("pointermove", (event) => this.#move(event));
    surface.addEventListener("pointerup", (event) => this.#up(event, false));
    // A call that comes in, a system gesture, a lost capture: what was begun is not kept.
    surface.addEventListener("pointercancel", (event) => this.#up(event, true));
    surface.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    surface.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  /** Where the surface lies, asked once a frame: the question may have the whole page laid out. */
  #place() {
    if (!this.box) {
      this.box = this.surface.getBoundingClientRect();
      requestAnimationFrame(() => (this.box = null));
    }
    return this.box;
  }

  /** @param {PointerEvent} event @returns {Spot} */
  #spot(event) {
    const box = this.#place();
    // A mouse has no pressure: the middle. A finger reports 0 or 1 on many phones: the middle as well.
    const pressure = event.pointerType === "pen" && event.pressure > 0 ? Math.round(event.pressure * 100) : 50;
    return { x: event.clientX - box.left, y: event.clientY - box.top, pressure };
  }

  /** @param {PointerEvent} event @returns {import("./fingers.js").Touch} */
  #touch(event) {
    const { x, y } = this.#spot(event);
    return { id: event.pointerId, kind: event.pointerType, x, y, size: Math.max(event.width, event.height) };
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.target instanceof Element && event.target.closest("button, textarea, a, [popover], dialog")) return;
    if (event.pointerType === "mouse" && event.button !== 0 && event.button !== 1) return;
    event.preventDefault();
    const means = this.fingers.down(this.#touch(event), this.moves() || event.button === 1);
    if (means === "ignore") return;
    try {
      this.surface.setPointerCapture(event.pointerId);
    } catch {
      // A pointer that has already gone, or one made by a script, can't be captured; drawing works without.
    }
    if (means === "pinch") this.hand.cancel();
    if (means === "draw") {
      this.hand.begin(this.#spot(event), { eraser: event.button === ERASER_BUTTON, more: event.shiftKey || event.ctrlKey || event.metaKey });
    }
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (event.pointerId === this.fingers.drawing) {
      const all = event.getCoalescedEvents?.() ?? [];
      const ahead = event.getPredictedEvents?.() ?? [];
      this.hand.move((all.length > 0 ? all : [event]).map((one) => this.#spot(one)), ahead.map((one) => this.#spot(one)));
      this.hand.hover(this.#spot(event));
      return;
    }
    if (!this.fingers.touching.has(event.pointerId)) {
      if (event.pointerType !== "touch") this.hand.hover(this.#spot(event));
      return;
    }
    const motion = this.fingers.move(this.#touch(event));
    if (!motion) return;
    this.onPan(motion.dx, motion.dy);
    if (motion.zoom) this.onZoom(motion.zoom.factor, motion.zoom.x, motion.zoom.y);
  }

  /** @param {PointerEvent} event @param {boolean} lost */
  #up(event, lost) {
    if (!this.fingers.up(event.pointerId)) return;
    if (lost) this.hand.cancel();
    else this.hand.end();
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    // A trackpad's pinch comes as a wheel with Ctrl.
    if (event.ctrlKey || event.metaKey) {
      const box = this.#place();
      this.onZoom(WHEEL_ZOOM ** -event.deltaY, event.clientX - box.left, event.clientY - box.top);
    } else if (event.shiftKey && event.deltaX === 0) this.onPan(-event.deltaY, 0);
    else this.onPan(-event.deltaX, -event.deltaY);
  }
}
