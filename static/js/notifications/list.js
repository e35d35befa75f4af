/** The bell's page: what is read here or in another tab loses its dot at once. */
import { on } from "../core/socket.js";

/** @param {Element} row */
function markRead(row) {
  row.classList.remove("unread");
  row.querySelector(".bell-dot")?.remove();
  row.querySelector(".bell-actions")?.remove();
}

/** Rows follow what is read in other tabs: when nothing is left unread, no row has a dot. */
export function followReading() {
  on("notifications_read", (/** @type {{unread: number}} */ news) => {
    if (news.unread === 0) for (const row of document.querySelectorAll(".bell-row.unread")) markRead(row);
  });
}
