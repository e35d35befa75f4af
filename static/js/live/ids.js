/** A fresh id for a stroke, a message or a page: 12 URL-safe characters (72 bits), made by the browser so that a repeat is harmless. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

/** The id of this browser tab. It survives a reload and is not shared with another tab. */
export function tabId() {
  const known = sessionStorage.getItem("room-tab");
  if (known) return known;
  const made = newId();
  sessionStorage.setItem("room-tab", made);
  return made;
}
