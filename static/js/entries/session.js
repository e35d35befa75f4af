import "../core/app.js";
import { startSessionPage } from "../sessions/changes.js";

startSessionPage();
