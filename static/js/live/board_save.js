// The rows that save the board as a file.

const ENDINGS = /** @type {const} */ (["png", "svg", "pdf"]);

/**
 * Let every `data-save="png|svg|pdf"` within a root save the board.
 * @param {ParentNode} root
 * @param {{state: () => import("./board_state.js").BoardState, page: () => number, name: string | ((ending: string) => string),
 *   onFailed: () => void}} parts `name` is of the board, and each page adds its number; or it says what the file is called
 */
export function bindSaves(root, { state, page, name, onFailed }) {
  for (const ending of ENDINGS) {
    for (const button of root.querySelectorAll(`[data-save="${ending}"]`)) {
      button.addEventListener("click", async () => {
        button.setAttribute("aria-busy", "true");
        try {
          // Fetched when somebody saves: a lesson's first load stays as small as it was.
          const { exportBoard, saveFile } = await import("./board_export.js");
          const blob = await exportBoard(state(), ending, page());
          const number = ending === "pdf" || state().pages === 1 ? "" : `-${page() + 1}`;
          saveFile(blob, `${typeof name === "string" ? name + number : name(ending)}.${ending}`);
        } catch {
          onFailed(); // the chunk could not be fetched, or the browser has no room for so large a picture
        } finally {
          button.removeAttribute("aria-busy");
        }
      });
    }
  }
}
