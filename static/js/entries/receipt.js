import "../core/app.js";
import { startPrinting } from "../payments/printing.js";

startPrinting();
