import "../core/public.js";
