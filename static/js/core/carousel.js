/** Carousels scroll by themselves (CSS scroll-snap). This adds arrow keys and, on wide screens, arrow buttons. */

/** @param {Element} carousel */
function wire(carousel) {
  const track = /** @type {HTMLElement} */ (carousel.querySelector(".carousel-track"));
  const arrows = /** @type {HTMLElement | null} */ (carousel.querySelector(".carousel-arrows"));
  const back = /** @type {HTMLButtonElement | null} */ (carousel.querySelector("[data-carousel-back]"));
  const on = /** @type {HTMLButtonElement | null} */ (carousel.querySelector("[data-carousel-on]"));
  if (!track || !arrows || !back || !on) return;
  const forward = getComputedStyle(track).direction === "rtl" ? -1 : 1;
  const step = () => (track.firstElementChild?.getBoundingClientRect().width ?? 280) + 12;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  /** @param {number} cards */
  const move = (cards) => track.scrollBy({ left: forward * cards * step(), behavior: calm.matches ? "auto" : "smooth" });
  const look = () => {
    const room = track.scrollWidth - track.clientWidth;
    arrows.hidden = room < 8;
    back.disabled = Math.abs(track.scrollLeft) < 8;
    on.disabled = Math.abs(track.scrollLeft) > room - 8;
  };
  back.addEventListener("click", () => move(-1));
  on.addEventListener("click", () => move(1));
  track.addEventListener("scroll", look, { passive: true });
  track.addEventListener("keydown", (event) => {
    if (event.target !== track || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
    event.preventDefault();
    move((event.key === "ArrowRight" ? 1 : -1) * forward);
  });
  new ResizeObserver(look).observe(track);
}

export function startCarousels() {
  document.querySelectorAll("[data-carousel]").forEach(wire);
  document.addEventListener("content:added", (event) => {
    /** @type {CustomEvent<Element>} */ (event).detail.querySelectorAll("[data-carousel]").forEach(wire);
  });
}
