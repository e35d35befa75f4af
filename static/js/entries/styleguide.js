import "../core/app.js";
import { toast } from "../core/toast.js";

/** The style guide shows its toasts alive. */
const samples = [
  { fact: "Rohan asks for Monday, 14:30", detail: "Integration by parts, you earn ₹424.15", face: "/styleguide/face/rohan.svg", seconds: 0, actions: [{ label: "Other time", run: () => undefined }, { label: "Accept", run: () => undefined }] },
  { fact: "Moved to Tue 19:00", icon: "calendar-check", undo: { run: () => toast({ fact: "Moved back", icon: "check" }), seconds: 5 } },
  { fact: "Saved", icon: "check" },
];
let next = 0;
document.querySelector("[data-sample-toast]")?.addEventListener("click", () => toast(samples[next++ % samples.length]));
