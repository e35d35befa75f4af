import { toast } from "./toast.js";
import { word } from "./words.js";

/** The installable app: service worker, offline word, and nothing kept on the device after signing out. */

export function startPwa() {
  if (!("serviceWorker" in navigator)) return;
  addEventListener("load", () => void navigator.serviceWorker.register("/service-worker.js").catch(() => undefined), { once: true });
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!form.action.endsWith("/sign-out")) return;
    navigator.serviceWorker.controller?.postMessage({ kind: "forget" });
    sessionStorage.clear();
  });
  addEventListener("offline", () => toast({ fact: word("you_are_offline"), detail: word("safe_here"), icon: "wifi-off", key: "line", seconds: 0 }));
  addEventListener("online", () => toast({ fact: word("back_online"), icon: "check", key: "line", seconds: 3 }));
}
