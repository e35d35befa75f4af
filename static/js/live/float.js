// The floating picture on a phone: a finger puts it into another corner when it covers what is drawn.

const TAP_PX = 8;

/** @param {HTMLElement} picture @param {() => void} onTap */
export function makeFloat(picture, onTap) {
  /** @type {{x: number, y: number}|null} */
  let from = null;
  picture.addEventListener("pointerdown", (event) => {
    from = { x: event.clientX, y: event.clientY };
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener("pointermove", (event) => {
    if (from) picture.style.translate = `${event.clientX - from.x}px ${event.clientY - from.y}px`;
  });
  const drop = (/** @type {PointerEvent} */ event) => {
    if (!from) return;
    const moved = Math.hypot(event.clientX - from.x, event.clientY - from.y);
    from = null;
    picture.style.translate = "";
    if (moved < TAP_PX) {
      onTap();
      return;
    }
    picture.classList.toggle("at-left", event.clientX < innerWidth / 2);
    picture.classList.toggle("at-floor", event.clientY > innerHeight / 2);
  };
  picture.addEventListener("pointerup", drop);
  picture.addEventListener("pointercancel", drop);
}
