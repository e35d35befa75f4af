import "../core/app.js";
import { followReading } from "../notifications/list.js";

followReading();
