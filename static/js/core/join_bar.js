import { serverNow } from "./clock.js";

/** The Join bar: there from T-10 to the end, and aside while the lesson's own card with Join is in view. */

const LONGEST_TIMER_MS = 2_000_000_000;

/** @param {HTMLElement} bar */
function wire(bar) {
  const opens = Date.parse(bar.dataset.opens ?? "");
  const ends = Date.parse(bar.dataset.ends ?? "");
  const look = () => {
    const now = serverNow();
    const open = now >= opens && now < ends;
    bar.hidden = !open;
    document.body.classList.toggle("has-join", open);
    const next = now < opens ? opens : ends;
    if (now < ends) setTimeout(look, Math.min(next - now + 50, LONGEST_TIMER_MS));
  };
  look();
  const card = document.querySelector(`[data-live-card="${CSS.escape(bar.dataset.joinbar ?? "")}"]`);
  if (!card) return;
  new IntersectionObserver(
    ([seen]) => {
      bar.classList.toggle("aside", seen.isIntersecting);
      bar.toggleAttribute("inert", seen.isIntersecting);
    },
    { threshold: 0.6 },
  ).observe(card);
}

export function startJoinBar() {
  const bar = document.querySelector("[data-joinbar]");
  if (bar instanceof HTMLElement) wire(bar);
}
