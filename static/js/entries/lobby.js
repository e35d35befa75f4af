import "../core/public.js";
import { Lobby, waitForDoor } from "../live/lobby.js";

const lobby = document.getElementById("lobby");
if (lobby) new Lobby(lobby);
const early = /** @type {HTMLElement|null} */ (document.querySelector("[data-early]"));
if (early) waitForDoor(early);
