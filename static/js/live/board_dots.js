// The dots under everything. They are a layer of their own that is only pushed about, a mesh's width at most: the board may be
// moved sixty times a second without anything being painted or styled anew. While one zooms, painted dots are stretched a little.

const MESH = 24; // CSS px at 100 %
const STRETCHED = 1.5;
const OUT = 96; // how far the layer reaches over the board on each side (room.css): its widest mesh, at 400 %

/** How far the layer is to be pushed, from 0 to a mesh, for a board whose left (or upper) edge lies at `at`. @param {number} at in CSS px
 *  at 100 % @param {number} zoom */
export function pushed(at, zoom) {
  const mesh = MESH * zoom;
  const over = (OUT - at * zoom) % mesh;
  return over < 0 ? over + mesh : over;
}

/** For which zoom the dots are to be painted. @param {number} painted the one for which they are @param {number} zoom the one that is shown
 *  @param {boolean} rests whether it will probably stay @returns {number} at most `zoom` */
export function paintedFor(painted, zoom, rests) {
  if (rests) return zoom;
  if (painted > zoom) return zoom / STRETCHED; // it gets smaller still: room for some frames
  return zoom / painted > STRETCHED ? zoom : painted;
}

export class BoardDots {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    /** the zoom for which the dots are painted; never above the one that is shown, so that the layer covers the board */
    this.painted = 0;
  }

  /** @param {{x: number, y: number, zoom: number}} viewport @param {boolean} rests whether it will probably stay */
  show({ x, y, zoom }, rests) {
    const { style } = this.element;
    const painted = paintedFor(this.painted, zoom, rests);
    if (this.painted !== painted) style.backgroundSize = `${MESH * painted}px ${MESH * painted}px`;
    this.painted = painted;
    style.transform = `translate(${pushed(x, zoom)}px, ${pushed(y, zoom)}px) scale(${zoom / painted})`;
  }
}
