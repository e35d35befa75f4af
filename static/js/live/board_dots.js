// The dots under everything. They are a layer of their own that is only pushed about, a mesh's width at most: the board may be
// moved sixty times a second without anything being painted or styled anew.

const MESH = 24; // CSS px at 100 %
const OUT = 96; // how far the layer reaches over the board on each side (room.css): its widest mesh, at 400 %

/** How far the layer is to be pushed, from 0 to a mesh, for a board whose left (or upper) edge lies at `at`. @param {number} at in CSS px
 *  at 100 % @param {number} zoom */
export function pushed(at, zoom) {
  const mesh = MESH * zoom;
  const over = (OUT - at * zoom) % mesh;
  return over < 0 ? over + mesh : over;
}

export class BoardDots {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.mesh = 0;
  }

  /** @param {{x: number, y: number, zoom: number}} viewport */
  show({ x, y, zoom }) {
    const { style } = this.element;
    if (this.mesh !== zoom) style.backgroundSize = `${MESH * zoom}px ${MESH * zoom}px`;
    this.mesh = zoom;
    style.transform = `translate(${pushed(x, zoom)}px, ${pushed(y, zoom)}px)`;
  }
}
