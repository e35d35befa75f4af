/** The device's time zone, told to the server by cookie and to forms by [data-zone-field]. */

const YEAR_SECONDS = 31_536_000;

export function startLocalTime() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone) return;
  const kept = document.cookie.match(/(?:^|; )tz=([^;]*)/)?.[1];
  if (kept !== encodeURIComponent(zone)) {
    document.cookie = `tz=${encodeURIComponent(zone)}; max-age=${YEAR_SECONDS}; path=/; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
  }
  for (const field of document.querySelectorAll("[data-zone-field]")) {
    const control = /** @type {HTMLInputElement | HTMLSelectElement} */ (field);
    if (control.dataset.zoneField === "keep" && control.value) continue;
    if (control instanceof HTMLSelectElement && ![...control.options].some((option) => option.value === zone)) control.add(new Option(zone, zone));
    control.value = zone;
  }
}
