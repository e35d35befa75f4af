import "../core/app.js";
import { startRings } from "../dashboard/rings.js";
import { startLiveParts } from "../dashboard/live_part.js";
import { startRingStops } from "../requests/ring.js";

startLiveParts(["help_rung", "help_stopped", "request_changed"]);
startRings();
startRingStops();
