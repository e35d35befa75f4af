// What the encoders are told: sizes, rates, what goes first. One change at a time for each sender; the last wish wins. No DOM.

/** @typedef {{active?: boolean, maxBitrate: number, scaleResolutionDownBy?: number, maxFramerate?: number, priority: RTCPriorityType, keep?: string}} Wish */

const CAMERA = {
  high: { maxBitrate: 1_500_000, scaleResolutionDownBy: 1, maxFramerate: 30, keep: "balanced" },
  medium: { maxBitrate: 600_000, scaleResolutionDownBy: 1, maxFramerate: 24, keep: "balanced" },
  small: { maxBitrate: 110_000, scaleResolutionDownBy: 2, maxFramerate: 12, keep: "maintain-framerate" },
};
/** Letters must stay sharp; a slide may move slowly. */
const SCREEN = {
  high: { maxBitrate: 1_500_000, scaleResolutionDownBy: 1, maxFramerate: 15, keep: "maintain-resolution" },
  medium: { maxBitrate: 700_000, scaleResolutionDownBy: 1, maxFramerate: 8, keep: "maintain-resolution" },
  small: { maxBitrate: 130_000, scaleResolutionDownBy: 1.5, maxFramerate: 3, keep: "maintain-resolution" },
};
const VOICE = { high: 48_000, medium: 40_000, small: 32_000, still: 24_000, voice: 24_000, thin: 12_000, board: 12_000 };

/** @param {import("./ladder.js").Rung} rung @param {"camera"|"screen"} use @returns {Wish} */
export function pictureWish(rung, use) {
  const wish = (use === "screen" ? SCREEN : CAMERA)[/** @type {"high"} */ (rung)];
  // Without a picture the line is switched off: a browser would go on probing how much it carries, with packets of nothing.
  return { active: wish !== undefined, ...(wish ?? { maxBitrate: 30_000 }), priority: "low" };
}

/** @param {import("./ladder.js").Rung} rung @returns {Wish} */
export function voiceWish(rung) {
  return { maxBitrate: VOICE[rung], priority: "high" };
}

/** @type {WeakMap<RTCRtpSender, {wish: Wish, done: string, busy: boolean}>} */
const wishes = new WeakMap();

/** Make a sender send like this. @param {RTCRtpSender|null} sender @param {Wish} wish */
export async function tune(sender, wish) {
  if (!sender) return;
  const entry = wishes.get(sender) ?? { wish, done: "", busy: false };
  entry.wish = wish;
  wishes.set(sender, entry);
  if (entry.busy) return;
  entry.busy = true;
  try {
    while (entry.done !== JSON.stringify(entry.wish) && (await set(sender, entry.wish))) entry.done = JSON.stringify(entry.wish);
  } finally {
    entry.busy = false;
  }
}

/** @param {RTCRtpSender} sender @param {Wish} wish @returns {Promise<boolean>} false while it is not negotiated: asked again when connected */
async function set(sender, { keep, ...wish }) {
  const parameters = sender.getParameters();
  if (!parameters.encodings?.length) return false;
  Object.assign(parameters.encodings[0], wish, { networkPriority: wish.priority });
  if (keep) /** @type {any} */ (parameters).degradationPreference = keep;
  try {
    await sender.setParameters(parameters);
  } catch {
    await plain(sender, wish.maxBitrate); // an older browser refuses what it does not know
  }
  return true;
}

/** @param {RTCRtpSender} sender @param {number} maxBitrate */
async function plain(sender, maxBitrate) {
  const parameters = sender.getParameters();
  if (parameters.encodings?.length) parameters.encodings[0].maxBitrate = maxBitrate;
  await sender.setParameters(parameters).catch(() => {}); // it then keeps its own rate
}
