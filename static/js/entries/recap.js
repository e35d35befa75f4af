import "../core/app.js";
import { startRecap } from "../sessions/recap.js";

startRecap();
