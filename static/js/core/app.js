import { startAutosave } from "./autosave.js";
import { startPresence } from "../notifications/presence.js";
import { startBell } from "./bell.js";
import { startCarousels } from "./carousel.js";
import { startCountdowns } from "./countdown.js";
import { startForms } from "./form.js";
import { startJoinBar } from "./join_bar.js";
import { startLocalTime } from "./localtime.js";
import { startPwa } from "./pwa.js";
import { startSheets } from "./sheet.js";
import { startSmall } from "./small.js";
import { startTheme } from "./theme.js";
import { showFlashes } from "./toast.js";

/** What every page of a signed-in person does. A page's own entry imports this file first. */
startTheme();
startLocalTime();
startForms();
startSheets();
startCountdowns();
startCarousels();
startAutosave();
startJoinBar();
startSmall();
startBell();
startPresence();
startPwa();
showFlashes();
