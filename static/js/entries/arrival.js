import "../live/arrival.js";
