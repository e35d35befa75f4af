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
  if (!made && "viewing" in document.body.dataset) return new Promise(() => {});
  made ??= import("socket.io-client").then(({ io }) => connect(io));
  return made;
}

/** Connect in this very moment, before there is a body: for a page that has brought the library along and is nobody's view of another's. @param {typeof import("socket.io-client").io} io */
export function connectNow(io) {
  made ??= Promise.resolve(connect(io));
}

/** @param {typeof import("socket.io-client").io} io @returns {Socket} */
function connect(io) {
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
}

/** @type {[string, unknown[]][]|null} what nobody listened to yet, while a page gathers its parts */
let early = null;

/** Connect now, and keep what comes before the page's parts are there to hear it: until `release`. */
export function hold() {
  early = [];
  void socket().then((connection) => {
    connection.onAny((event, ...payload) => {
      if (early && !connection.hasListeners(event)) early.push([event, payload]);
    });
  });
}

/** All parts listen now: they hear what came before, in its order. */
export function release() {
  void socket().then((connection) => {
    connection.offAny();
    const kept = early ?? [];
    early = null;
    for (const [event, payload] of kept) for (const handler of connection.listeners(event)) handler(...payload);
  });
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
