import { on } from "../core/socket.js";
import { getJson } from "../core/http.js";
import { loadGateway } from "./gateway_script.js";

/**
 * The pay page: opens the gateway's checkout at once, and never believes it. A success is posted to our server, which
 * checks it; after anything else the page asks our server how the order stands.
 */

const POLL_MS = 3000;
/** Browsers inside other apps, where the checkout's frame does not work: the whole page goes to the gateway. */
const INSIDE_APPS = /Instagram|FBAN|FBAV|FB_IAB|Line\/|Snapchat|MicroMessenger|OPiOS|Opera Mini|UCBrowser|; wv\)/;

/** @typedef {{razorpay_payment_id: string, razorpay_order_id: string, razorpay_signature: string}} Success */

/** @param {HTMLElement} root */
function start(root) {
  const options = JSON.parse(root.dataset.options ?? "{}");
  const button = /** @type {HTMLButtonElement} */ (root.querySelector("[data-checkout-open]"));
  const form = /** @type {HTMLFormElement} */ (root.querySelector("[data-checkout-return]"));
  const said = /** @type {HTMLElement} */ (root.querySelector("[data-checkout-said]"));
  const statusUrl = root.dataset.statusUrl ?? "";
  let open = false;
  let sending = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {string} name */
  function say(name) {
    const words = /** @type {HTMLTemplateElement | null} */ (root.querySelector(`template[data-say="${name}"]`));
    if (words) said.replaceChildren(words.content.cloneNode(true));
  }

  /** @param {Success} success */
  function send(success) {
    if (sending) return;
    sending = true;
    clearTimeout(timer);
    say("checking");
    button.setAttribute("aria-busy", "true");
    for (const [name, value] of Object.entries(success)) {
      const input = form.elements.namedItem(name);
      if (input instanceof HTMLInputElement) input.value = value;
    }
    form.submit();
  }

  async function look() {
    clearTimeout(timer);
    const answer = await getJson(statusUrl);
    if (sending) return;
    // While the checkout is open a person may be typing in it: only a final answer takes the page away.
    if (answer.ok && !answer.waiting) {
      location.replace(statusUrl);
      return;
    }
    const checking = answer.state === "checking";
    if (checking && !open) say("checking");
    timer = setTimeout(look, checking ? POLL_MS / 3 : POLL_MS);
  }

  async function show() {
    if (open || sending) return;
    open = true;
    button.setAttribute("aria-busy", "true");
    try {
      const Razorpay = await loadGateway(root.dataset.script ?? "");
      const checkout = new Razorpay({
        ...options,
        redirect: INSIDE_APPS.test(navigator.userAgent),
        handler: send,
        modal: {
          confirm_close: false,
          ondismiss() {
            open = false;
            if (!said.querySelector(".notice.bad")) say("dismissed");
            void look();
          },
        },
      });
      checkout.on("payment.failed", () => say("failed"));
      checkout.open();
    } catch {
      open = false;
      say("unreachable");
    } finally {
      if (!sending) button.removeAttribute("aria-busy");
    }
  }

  button.addEventListener("click", show);
  root.addEventListener("countdown:done", () => open || location.replace(statusUrl));
  // Back from the bank's app: the page may have slept through the answer.
  document.addEventListener("visibilitychange", () => document.hidden || void look());
  addEventListener("pageshow", (event) => /** @type {PageTransitionEvent} */ (event).persisted && void look());
  on("order_changed", (/** @type {{order: string}} */ changed) => changed.order === root.dataset.order && void look());
  void show();
  timer = setTimeout(look, POLL_MS);
}

export function startCheckout() {
  const root = document.querySelector("[data-checkout]");
  if (root instanceof HTMLElement) start(root);
}
