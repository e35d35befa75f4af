// What a room does before all of its scripts are here: it connects, and takes the seat. The room itself finds both done.

import { io } from "socket.io-client";
import { connectNow, hold } from "../core/socket.js";
import { Seat } from "./seat.js";

const session = document.querySelector('meta[name="room"]')?.getAttribute("content");
if (session) {
  connectNow(io);
  hold();
}

/** Our seat, when this page is a room's. @type {Seat|null} */
export const seat = session ? new Seat({ session }) : null;
