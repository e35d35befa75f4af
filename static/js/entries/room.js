import { Room } from "../live/room.js";

const root = document.getElementById("main");
if (root?.dataset.facts) new Room(root);
