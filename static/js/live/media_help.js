// What to say and show when camera or microphone did not start: one sentence for each case, and where this browser hides the switch. No DOM.

/** @param {string} agent the browser's user agent @returns {"ios"|"android"|"samsung"|"firefox"|"safari"|"edge"|"chrome"|"other"} */
export function browserOf(agent) {
  if (/iPhone|iPad|iPod/.test(agent)) return "ios";
  if (/SamsungBrowser/.test(agent)) return "samsung";
  if (/Firefox\//.test(agent)) return "firefox";
  if (/Edg\//.test(agent)) return "edge";
  if (/Android.*Chrome\//.test(agent)) return "android";
  if (/Chrome\//.test(agent)) return "chrome";
  return /Safari\//.test(agent) ? "safari" : "other";
}

const ONE_MISSING = { audio: "camera", video: "microphone" };

/**
 * The word key for a problem, given what did start: a missing camera is another sentence than a missing everything.
 * @param {string} problem @param {import("./media.js").MediaMode} mode @returns {string}
 */
export function troubleKey(problem, mode) {
  const missing = mode === "audio" || mode === "video" ? ONE_MISSING[mode] : null;
  const kind = /^media_(denied|missing|busy|failed)$/.exec(problem)?.[1];
  return missing && kind ? `${missing}_${kind}` : problem;
}

/** Hear when the person allows it after all. @param {() => void} onGranted */
export async function watchPermission(onGranted) {
  for (const name of ["camera", "microphone"]) {
    try {
      const status = await navigator.permissions.query({ name: /** @type {PermissionName} */ (name) });
      status.onchange = () => status.state === "granted" && onGranted();
    } catch {
      // This browser does not tell: the button does it.
    }
  }
}
