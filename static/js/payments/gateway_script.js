/** The gateway's script, loaded when somebody pays and not before. */

/** @param {string} address @returns {Promise<any>} the gateway's constructor */
export function loadGateway(address) {
  const known = /** @type {any} */ (window).Razorpay;
  if (known) return Promise.resolve(known);
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => resolve(/** @type {any} */ (window).Razorpay));
    script.addEventListener("error", () => {
      script.remove();
      reject(new Error("checkout script"));
    });
    document.head.append(script);
  });
}
