import { serverNow } from "./clock.js";

/** The Join bar: there from T-10 to the end, and aside while the lesson's own card with Join is in view. */

const LONGEST_TIMER_MS = 2_000_000_000;

/** @param {HTMLElement} bar */
function wire(bar) {
  const opens = Date.parse(bar.dataset.opens ?? "");
  const starts = Date.parse(bar.dataset.starts ?? "");
  const ends = Date.parse(bar.dataset.ends ?? "");
  const before = /** @type {HTMLElement | null} */ (bar.querySelector("[data-before]"));
  const after = /** @type {HTMLElement | null} */ (bar.querySelector("[data-after]"));
  const look = () => {
    const now = serverNow();
    const open = now >= opens && now < ends;
    bar.hidden = !open;
    document.body.classList.toggle("has-join", open);
    if (before) before.hidden = now >= starts;
    if (after) after.hidden = now < starts;
    const next = [opens, starts, ends].find((instant) => now < instant) ?? ends;
    if (now < ends) setTimeout(look, Math.min(next - now + 50, LONGEST_TIMER_MS));
  };
  look();
  const seen = new Set();
  const watch = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) entry.isIntersecting ? seen.add(entry.target) : seen.delete(entry.target);
      for (const card of seen) if (!card.isConnected) seen.delete(card);
      bar.classList.toggle("aside", seen.size > 0);
      bar.toggleAttribute("inert", seen.size > 0);
      document.body.classList.toggle("join-aside", seen.size > 0);
    },
    { threshold: 0.6 },
  );
  // A page may show the lesson in one place on a phone and in another on a desktop, and fetch its lists again.
  const find = () => {
    watch.disconnect();
    seen.clear();
    document.querySelectorAll(`[data-live-card="${CSS.escape(bar.dataset.joinbar ?? "")}"]`).forEach((card) => watch.observe(card));
  };
  find();
  document.addEventListener("content:added", find);
}

export function startJoinBar() {
  const bar = document.querySelector("[data-joinbar]");
  if (bar instanceof HTMLElement) wire(bar);
}
