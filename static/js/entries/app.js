import "../core/app.js";
