/** Say something to a screen reader, politely. The same sentence twice is said twice. @param {string} text */
export function announce(text) {
  const place = document.getElementById("announcer");
  if (!place) return;
  const open = document.querySelector("dialog[open]");
  if (open && !open.contains(place)) open.append(place); // what is outside a modal dialog is not read
  place.textContent = "";
  setTimeout(() => (place.textContent = text), 60);
}
