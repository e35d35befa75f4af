import "../core/app.js";
import { startExplore } from "../catalog/explore.js";

startExplore();
