/*
 * The simulator's Checkout: the same window.Razorpay as the real script, so that a merchant's page can't tell.
 * An overlay frame shows the hosted page; with `redirect` the whole page goes there and comes back by a form.
 */
(function () {
  "use strict";
  const ORIGIN = new URL(document.currentScript.src).origin;

  function flat(options, mode) {
    const prefill = options.prefill || {};
    const fields = {
      mode: mode,
      key_id: options.key,
      order_id: options.order_id,
      amount: options.amount,
      name: options.name,
      description: options.description,
      image: options.image,
      prefill_name: prefill.name,
      prefill_email: prefill.email,
      prefill_contact: prefill.contact,
      prefill_method: prefill.method,
      retry: options.retry && options.retry.enabled === false ? "0" : "1",
      callback_url: options.callback_url,
      origin: window.location.origin,
    };
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) {
      if (value !== undefined && value !== null) query.set(name, String(value));
    }
    return query;
  }

  function Razorpay(options) {
    if (!(this instanceof Razorpay)) return new Razorpay(options);
    if (!options || !options.key) throw new Error("No key passed");
    if (!options.order_id) throw new Error("The simulator needs an order_id");
    this.options = options;
    this.modal = options.modal || {};
    this.listeners = {};
    this.overlay = null;
    this.onMessage = this.onMessage.bind(this);
    this.onKey = this.onKey.bind(this);
  }

  Razorpay.prototype.on = function (name, listener) {
    (this.listeners[name] = this.listeners[name] || []).push(listener);
    return this;
  };

  Razorpay.prototype.emit = function (name, detail) {
    for (const listener of this.listeners[name] || []) listener(detail);
  };

  Razorpay.prototype.open = function () {
    if (this.overlay) return this;
    if (this.options.redirect && this.options.callback_url) {
      window.location.assign(ORIGIN + "/v1/checkout/public?" + flat(this.options, "redirect"));
      return this;
    }
    const overlay = document.createElement("div");
    overlay.className = "razorpay-container";
    Object.assign(overlay.style, {
      position: "fixed", inset: "0", zIndex: "2147483000", background: "rgba(24, 28, 44, .55)",
    });
    const frame = document.createElement("iframe");
    frame.className = "razorpay-checkout-frame";
    frame.title = "Razorpay simulator";
    frame.allow = "payment";
    frame.src = ORIGIN + "/v1/checkout/public?" + flat(this.options, "frame");
    Object.assign(frame.style, { position: "absolute", inset: "0", width: "100%", height: "100%", border: "0", background: "transparent", colorScheme: "light dark" });
    overlay.append(frame);
    this.scroll = document.documentElement.style.overflow;
    this.focused = document.activeElement;
    document.documentElement.style.overflow = "hidden";
    document.body.append(overlay);
    this.overlay = overlay;
    this.frame = frame;
    frame.addEventListener("load", () => frame.focus());
    window.addEventListener("message", this.onMessage);
    document.addEventListener("keydown", this.onKey);
    return this;
  };

  Razorpay.prototype.close = function () {
    if (!this.overlay) return;
    window.removeEventListener("message", this.onMessage);
    document.removeEventListener("keydown", this.onKey);
    this.overlay.remove();
    this.overlay = null;
    document.documentElement.style.overflow = this.scroll;
    if (this.focused && this.focused.focus) this.focused.focus();
  };

  Razorpay.prototype.dismiss = function () {
    if (!this.overlay) return;
    this.close();
    if (typeof this.modal.ondismiss === "function") this.modal.ondismiss();
  };

  Razorpay.prototype.onKey = function (event) {
    if (event.key === "Escape" && this.modal.escape !== false) this.dismiss();
  };

  Razorpay.prototype.onMessage = function (event) {
    if (event.origin !== ORIGIN || !this.frame || event.source !== this.frame.contentWindow) return;
    const message = event.data || {};
    if (message.simulator !== "razorpay") return;
    if (message.type === "success") {
      this.close();
      if (typeof this.options.handler === "function") this.options.handler(message.response);
    } else if (message.type === "failed") {
      this.emit("payment.failed", { error: message.error });
      if (this.options.retry && this.options.retry.enabled === false) this.dismiss();
    } else if (message.type === "dismiss") {
      if (message.escape && this.modal.escape === false) return;
      if (message.backdrop && !this.modal.backdropclose) return;
      this.dismiss();
    }
  };

  window.Razorpay = Razorpay;
})();
