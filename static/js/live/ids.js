/** A fresh id for a stroke, a message or a page: 12 URL-safe characters (72 bits), made by the browser so that a repeat is harmless. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}
