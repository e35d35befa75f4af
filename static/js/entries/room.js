import { bearInterruptedSwaps } from "../core/page_swap.js";
import { Room } from "../live/room.js";

bearInterruptedSwaps();
performance.mark("room-begun"); // the browser's own time line of opening a lesson; `make bench-board` reads it
const root = document.getElementById("main");
if (root?.dataset.facts) new Room(root);
