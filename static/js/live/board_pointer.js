// Fingers, pen and mouse on the board: one draws, two move. A pen keeps the palm out.

/**
 * @typedef {{x: number, y: number, pressure: number}} Spot  in CSS px within the board, pressure 0 to 100
 * @typedef {{begin: (spot: Spot) => void, move: (spots: Spot[]) => void, end: () => void, cancel: () => void, hover: (spot: Spot) => void}} Hand
 */

const WHEEL_ZOOM = 1.0015;

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
    /** @type {Map<number, {x: number, y: number}>} */
    this.touching = new Map();
    /** @type {number|null} the pointer that draws */
    this.drawing = null;
    this.panning = false;
    this.penSeen = false;
    surface.addEventListener("pointerdown", (event) => this.#down(event));
    surface.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
      surface.addEventListener(name, (event) => this.#up(event, name === "pointercancel"));
    }
    surface.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    surface.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  /** @param {PointerEvent} event @returns {Spot} */
  #spot(event) {
    const box = this.surface.getBoundingClientRect();
    // A mouse has no pressure: the middle. A finger reports 0 or 1 on many phones: the middle as well.
    const pressure = event.pointerType === "pen" && event.pressure > 0 ? Math.round(event.pressure * 100) : 50;
    return { x: event.clientX - box.left, y: event.clientY - box.top, pressure };
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.target instanceof Element && event.target.closest("button, textarea, [popover]")) return;
    if (event.pointerType === "mouse" && event.button !== 0 && event.button !== 1) return;
    if (event.pointerType === "pen") this.penSeen = true;
    event.preventDefault();
    try {
      this.surface.setPointerCapture(event.pointerId);
    } catch {
      // A pointer that has already gone, or one made by a script, can't be captured; drawing works without.
    }
    const spot = this.#spot(event);
    this.touching.set(event.pointerId, spot);
    if (this.touching.size === 2) {
      // The second finger turns drawing into moving; what the first one began is taken back.
      if (this.drawing !== null) this.hand.cancel();
      this.drawing = null;
      this.panning = true;
      return;
    }
    if (this.touching.size > 2) return;
    const palm = event.pointerType === "touch" && this.penSeen;
    if (this.moves() || palm || event.button === 1) {
      this.panning = true;
      return;
    }
    this.drawing = event.pointerId;
    this.hand.begin(spot);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (event.pointerId === this.drawing) {
      const all = event.getCoalescedEvents?.() ?? [];
      this.hand.move((all.length > 0 ? all : [event]).map((one) => this.#spot(one)));
      this.hand.hover(this.#spot(event));
      return;
    }
    const before = this.touching.get(event.pointerId);
    if (!before) {
      this.hand.hover(this.#spot(event));
      return;
    }
    const now = this.#spot(event);
    this.touching.set(event.pointerId, now);
    if (!this.panning) return;
    const others = [...this.touching.entries()].filter(([id]) => id !== event.pointerId).map(([, spot]) => spot);
    const share = others.length + 1;
    this.onPan((now.x - before.x) / share, (now.y - before.y) / share);
    if (others.length === 1) {
      const was = Math.hypot(before.x - others[0].x, before.y - others[0].y);
      const is = Math.hypot(now.x - others[0].x, now.y - others[0].y);
      if (was > 10) this.onZoom(is / was, (now.x + others[0].x) / 2, (now.y + others[0].y) / 2);
    }
  }

  /** @param {PointerEvent} event @param {boolean} cancelled */
  #up(event, cancelled) {
    this.touching.delete(event.pointerId);
    if (event.pointerId === this.drawing) {
      this.drawing = null;
      if (cancelled) this.hand.cancel();
      else this.hand.end();
    }
    if (this.touching.size === 0) this.panning = false;
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const box = this.surface.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey) this.onZoom(WHEEL_ZOOM ** -event.deltaY, event.clientX - box.left, event.clientY - box.top);
    else this.onPan(-event.deltaX, -event.deltaY);
  }
}
