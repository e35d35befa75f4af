import "../core/app.js";
import { startCharts } from "../dashboard/charts.js";
import { startLiveParts } from "../dashboard/live_part.js";
import { startRings } from "../dashboard/rings.js";

startLiveParts();
startCharts();
startRings();
