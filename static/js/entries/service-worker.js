/// <reference lib="webworker" />
/** Offline: the shell, the faces, and the last copy of the pages one needs without a connection. Served at /service-worker.js,
 *  whose first line is written by the server: `self.SHELL = [...]`, the files of this build. */

const worker = /** @type {ServiceWorkerGlobalScope & {SHELL: string[]}} */ (/** @type {unknown} */ (self));
const SHELL = worker.SHELL ?? [];
const SHELL_CACHE = `shell-${hash(SHELL.join())}`;
const PAGES = "pages-1";
const FACES = "faces-1";
const KEPT_PAGES = /^\/(home|today|lessons|notifications|sessions\/[\w-]+)$/;
const FACES_AT_MOST = 200;
const WAIT_MS = 6000;

/** @param {string} text */
function hash(text) {
  let value = 5381;
  for (const letter of text) value = ((value << 5) + value + letter.charCodeAt(0)) >>> 0;
  return value.toString(36);
}

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL_CACHE)
      .then((cache) => cache.addAll(SHELL))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener("activate", (event) => {
  const kept = [SHELL_CACHE, PAGES, FACES];
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => !kept.includes(name)).map((name) => caches.delete(name))))
      .then(() => worker.registration.navigationPreload?.enable())
      .then(() => worker.clients.claim()),
  );
});

/** @param {FetchEvent} event @param {URL} url */
async function page(event, url) {
  try {
    const slow = AbortSignal.timeout(WAIT_MS * 3);
    const response = (await event.preloadResponse) ?? (await fetch(event.request, { signal: slow }));
    if (response.ok && !response.redirected && KEPT_PAGES.test(url.pathname) && !url.search && response.headers.get("Cache-Control") !== "no-store") {
      const copy = response.clone();
      event.waitUntil(caches.open(PAGES).then((cache) => cache.put(url.pathname, copy)));
    }
    if (url.pathname === "/sign-in") event.waitUntil(caches.delete(PAGES)); // signed out: nobody reads on here
    return response;
  } catch {
    const copy = await (await caches.open(PAGES)).match(url.pathname);
    return copy ?? (await caches.match("/offline")) ?? Response.error();
  }
}

/** @param {FetchEvent} event */
async function face(event) {
  const cache = await caches.open(FACES);
  const kept = await cache.match(event.request);
  const fresh = fetch(event.request).then(async (response) => {
    if (response.ok) {
      await cache.put(event.request, response.clone());
      const keys = await cache.keys();
      if (keys.length > FACES_AT_MOST) await cache.delete(keys[0]);
    }
    return response;
  });
  if (kept) event.waitUntil(fresh.catch(() => undefined));
  return kept ?? fresh;
}

worker.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(page(event, url));
  else if (url.pathname.startsWith("/portrait/")) event.respondWith(face(event));
  else if (url.pathname.startsWith("/static/")) event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
});

worker.addEventListener("message", (event) => {
  if (event.data?.kind === "forget") event.waitUntil(caches.delete(PAGES));
});

worker.addEventListener("push", (event) => {
  /** @type {{title?: string, body?: string, url?: string, tag?: string}} */
  const told = event.data?.json() ?? {};
  event.waitUntil(worker.registration.showNotification(told.title ?? "PeerLearn", { body: told.body, tag: told.tag, data: { url: told.url ?? "/" } }));
});

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.url ?? "/", worker.location.origin);
  if (url.origin !== worker.location.origin) return;
  event.waitUntil(
    worker.clients.matchAll({ type: "window" }).then(async ([open]) => {
      if (!open) return void (await worker.clients.openWindow(url.href));
      await open.focus();
      await open.navigate(url.href);
    }),
  );
});
