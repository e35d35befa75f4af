import "../core/app.js";
import { startRingStops } from "../requests/ring.js";
import { startWait } from "../requests/wait.js";

startWait();
startRingStops();
