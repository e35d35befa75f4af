// What a person chose for camera and microphone, kept from the lobby to the room and over a reload of this tab.

const KEY = "room-media";

/** @typedef {{muted: boolean, camera: boolean, audioDevice: string, videoDevice: string, lowData: boolean, noise: boolean}} Choice */

/** @returns {Choice} */
export function loadChoice() {
  const plain = { muted: false, camera: true, audioDevice: "", videoDevice: "", lowData: false, noise: true };
  try {
    return { ...plain, ...JSON.parse(sessionStorage.getItem(KEY) ?? "{}") };
  } catch {
    return plain;
  }
}

/** @param {import("./media.js").Media} media @param {boolean} lowData */
export function saveChoice(media, lowData) {
  const { muted, cameraOn: camera, audioDevice, videoDevice, noise } = media;
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ muted, camera, audioDevice, videoDevice, lowData, noise }));
  } catch {
    // Without storage the choice lives as long as the page.
  }
}

/** Make the media as it was chosen, and give it back. @param {import("./media.js").Media} media @param {Choice} choice */
export function applyChoice(media, choice) {
  media.muted = choice.muted;
  media.cameraOn = choice.camera && !choice.lowData;
  media.audioDevice = choice.audioDevice;
  media.videoDevice = choice.videoDevice;
  media.noise = choice.noise;
  return media;
}

/** Fill the two pickers with the devices there are. @param {import("./media.js").Media} media @param {ParentNode} root */
export async function fillPickers(media, root) {
  const devices = await media.list();
  for (const select of /** @type {NodeListOf<HTMLSelectElement>} */ (root.querySelectorAll("[data-pick]"))) {
    const kind = select.dataset.pick === "audio" ? "audio" : "video";
    const now = media[kind]?.getSettings().deviceId;
    select.replaceChildren(
      ...devices
        .filter((device) => device.kind === kind)
        .map(({ id, label }, index) => new Option(label || `${index + 1}`, id, false, id === now)),
    );
    select.disabled = select.options.length === 0;
  }
}
