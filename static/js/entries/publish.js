import "../core/app.js";
import { offerPreview } from "../sessions/offer.js";

for (const page of document.querySelectorAll("[data-publish]")) offerPreview(/** @type {HTMLElement} */ (page));
