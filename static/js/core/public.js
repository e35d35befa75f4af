import { startAutosave } from "./autosave.js";
import { startCarousels } from "./carousel.js";
import { startCountdowns } from "./countdown.js";
import { startForms } from "./form.js";
import { startLocalTime } from "./localtime.js";
import { bearInterruptedSwaps } from "./page_swap.js";
import { startPwa } from "./pwa.js";
import { startSheets } from "./sheet.js";
import { startSmall } from "./small.js";
import { startTheme } from "./theme.js";
import { showFlashes } from "./toast.js";

/** Landing, sign-in and the wizards: no socket. */
bearInterruptedSwaps();
startTheme();
startLocalTime();
startForms();
startSheets();
startCountdowns();
startCarousels();
startAutosave();
startSmall();
startPwa();
showFlashes();
