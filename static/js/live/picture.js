// The other's picture in a window of its own, over other windows and tabs.

/** Whether this browser can. */
export const canFloat = () => document.pictureInPictureEnabled === true;

/** @param {HTMLVideoElement} video @param {HTMLElement} button @param {(failed: boolean) => void} onChange */
export function makePicture(video, button, onChange) {
  button.hidden = !canFloat();
  if (!canFloat()) return;
  const word = /** @type {HTMLElement} */ (button.querySelector("[data-word]"));
  const [into, back] = [word.textContent, button.dataset.back ?? ""];
  const toggle = async () => {
    try {
      if (document.pictureInPictureElement) await document.exitPictureInPicture();
      else await video.requestPictureInPicture();
    } catch {
      onChange(true); // there is no picture to show yet
    }
  };
  button.addEventListener("click", () => void toggle());
  for (const name of ["enterpictureinpicture", "leavepictureinpicture"]) {
    video.addEventListener(name, () => {
      const out = name.startsWith("enter");
      button.setAttribute("aria-pressed", String(out));
      word.textContent = out ? back : into;
      onChange(false);
    });
  }
  try {
    // Where the browser offers it, going to another tab takes the picture along.
    navigator.mediaSession?.setActionHandler(/** @type {any} */ ("enterpictureinpicture"), () => void video.requestPictureInPicture().catch(() => {}));
  } catch {
    // An older browser: the button does it.
  }
}
