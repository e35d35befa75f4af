// Where undo and redo outlive a reload of this tab.

/** @param {string} key @returns {import("./board_history.js").Store} */
export function keptIn(key) {
  return {
    load: () => sessionStorage.getItem(key),
    save: (text) => {
      try {
        sessionStorage.setItem(key, text);
      } catch {
        // Storage is full or forbidden: undo then ends with this page.
      }
    },
  };
}
