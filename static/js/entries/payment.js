import "../core/app.js";
import { startWaiting } from "../payments/waiting.js";

startWaiting();
