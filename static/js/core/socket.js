/** One shared Socket.IO connection per page, made when it is first needed: websocket only, namespace "/". */

/** @typedef {import("socket.io-client").Socket} Socket */
/** @typedef {{ok: boolean, code?: string, message?: string, [key: string]: any}} Ack */

const ANSWER_MS = 8000;
const AGAIN_MS = 1500;
const ADMITTED_MS = 8000;
/** @type {Promise<Socket> | undefined} */
let made;

/** The connection. It reconnects by itself for as long as the page lives. @returns {Promise<Socket>} */
export function socket() {
  // An administrator who looks at somebody's pages is not somebody who is here.
  if ("viewing" in document.body.dataset) return new Promise(() => {});
  made ??= import("socket.io-client").then(({ io }) => {
    const connection = io({ transports: ["websocket"], reconnectionDelay: 300, reconnectionDelayMax: 2500, timeout: 6000 });
    // The browser knows earlier than a timeout that the network is back.
    addEventListener("online", () => connection.connected || connection.disconnect().connect());
    // A refused or ended sign-in is told by the server and is not retried by the library.
    connection.on("disconnect", (reason) => {
      if (reason === "io server disconnect") setTimeout(() => connection.connect(), AGAIN_MS);
    });
    connection.on("connect_error", (error) => {
      const code = /** @type {any} */ (error).data?.code;
      if (!connection.active && code !== "signed_out") setTimeout(() => connection.connect(), AGAIN_MS);
    });
    // The line stands but nobody lets us in: a server that lost its database in this very moment. The library would wait for ever.
    let waiting = 0;
    connection.io.on("open", () => {
      clearTimeout(waiting);
      waiting = window.setTimeout(() => connection.connected || connection.io.engine?.close(), ADMITTED_MS);
    });
    return connection;
  });
  return made;
}

/**
 * Listen to an event. Returns a function that stops listening.
 * @param {string} event @param {(...payload: any[]) => void} handler
 */
export function on(event, handler) {
  const ready = socket().then((connection) => connection.on(event, handler));
  return () => void ready.then((connection) => connection.off(event, handler));
}

/** Send and forget; lost when there is no connection (cursors, typing). @param {string} event @param {unknown} payload */
export function tell(event, payload) {
  void socket().then((connection) => connection.connected && connection.volatile.emit(event, payload));
}

/**
 * Send and wait for the acknowledgement. Never rejects: without an answer in time it is `{ok: false, code: "offline"}`.
 * @param {string} event @param {unknown} [payload] @param {number} [milliseconds]
 * @returns {Promise<Ack>}
 */
export async function request(event, payload = {}, milliseconds = ANSWER_MS) {
  try {
    const connection = await socket();
    return await connection.timeout(milliseconds).emitWithAck(event, payload);
  } catch {
    return { ok: false, code: "offline" };
  }
}
