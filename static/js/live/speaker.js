// Where the sound comes out: the picker, a short tone to hear it, and the same choice in the room.

const KEY = "room-speaker";

/** Whether this browser lets a page choose. */
export const canChoose = () => "setSinkId" in HTMLMediaElement.prototype;

/** @returns {string} the device chosen in this tab, or "" for the system's own */
export function chosenSpeaker() {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

/** Send an element's sound to the chosen device; a device that is gone gives way to the system's own. @param {HTMLMediaElement} element */
export async function useSpeaker(element) {
  if (!canChoose()) return;
  const id = chosenSpeaker();
  if (id === /** @type {any} */ (element).sinkId) return; // asking for what is there holds a page up while it opens
  try {
    await /** @type {any} */ (element).setSinkId(id);
  } catch {
    await /** @type {any} */ (element).setSinkId("").catch(() => {});
  }
}

/** Fill a picker with the speakers there are, and keep the choice. @param {HTMLSelectElement} select @param {() => void} onChange */
export async function fillSpeakers(select, onChange) {
  const row = /** @type {HTMLElement|null} */ (select.closest("[data-speaker-row]"));
  const all = canChoose() ? ((await navigator.mediaDevices?.enumerateDevices?.()) ?? []) : [];
  const speakers = all.filter(({ kind, deviceId }) => kind === "audiooutput" && deviceId !== "");
  if (row) row.hidden = speakers.length === 0;
  const now = chosenSpeaker();
  select.replaceChildren(...speakers.map(({ deviceId, label }, index) => new Option(label || `${index + 1}`, deviceId, false, deviceId === now)));
  select.onchange = () => {
    try {
      sessionStorage.setItem(KEY, select.value);
    } catch {
      // Without storage the choice lives as long as the page.
    }
    onChange();
  };
}

/** Two soft notes through the chosen speaker. @returns {Promise<void>} when they have been played */
export async function playTone() {
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  const element = new Audio();
  element.srcObject = out.stream;
  await useSpeaker(element);
  [523.25, 659.25].forEach((hertz, index) => {
    const [from, until] = [context.currentTime + 0.05 + index * 0.3, context.currentTime + 0.45 + index * 0.3];
    const note = new OscillatorNode(context, { frequency: hertz });
    const loudness = new GainNode(context, { gain: 0 });
    loudness.gain.setValueAtTime(0, from);
    loudness.gain.linearRampToValueAtTime(0.25, from + 0.04);
    loudness.gain.linearRampToValueAtTime(0, until);
    note.connect(loudness).connect(out);
    note.start(from);
    note.stop(until);
  });
  try {
    await context.resume();
    await element.play();
    await new Promise((done) => setTimeout(done, 900));
  } finally {
    element.srcObject = null;
    await context.close();
  }
}
