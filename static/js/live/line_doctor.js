// The line doctor: which ways out this network has, tried before anyone waits for a call. Two connections inside this page meet
// through our own relay, over UDP and over TCP, and send each other a little. Under five seconds. No DOM.

const OPEN_MS = 3200;
const FLOW_MS = 1200;
const CHUNK = 16384;
const CHUNKS = 12;
const THIN_KBPS = 150;
const KEY = "line-doctor";

/**
 * @typedef {{open: boolean, roundTripMs: number|null, kbps: number|null}} Way
 * @typedef {{online: boolean, hasRelay: boolean, direct: boolean, udp: Way, tcp: Way, socketMs: number|null}} Findings
 * @typedef {"direct"|"alone"|"relay"|"tcp"|"no_relay"|"none"|"offline"} Verdict
 * @typedef {{verdict: Verdict, roundTripMs: number|null, kbps: number|null, thin: boolean, at: number}} Report
 */

/** @type {Way} */
const SHUT = { open: false, roundTripMs: null, kbps: null };

/** What the findings come to. Pure. @param {Findings} found @returns {Verdict} */
export function judgeWays({ online, hasRelay, direct, udp, tcp }) {
  if (!online) return "offline";
  if (!hasRelay) return direct ? "alone" : "none";
  if (direct && udp.open) return "direct";
  if (udp.open) return "relay";
  if (tcp.open) return "tcp";
  return direct ? "no_relay" : "none";
}

/** A verdict that needs nothing to be done. @param {Verdict} verdict */
export const isGood = (verdict) => ["direct", "alone", "relay", "tcp"].includes(verdict);

/** The relay's addresses of one transport. @param {RTCIceServer[]} servers @param {"udp"|"tcp"} transport @returns {RTCIceServer[]} */
export function relaysOver(servers, transport) {
  const fits = (/** @type {string} */ url) => /^turns?:/.test(url) && (/transport=tcp/.test(url) || url.startsWith("turns:") ? "tcp" : "udp") === transport;
  return servers.map((server) => ({ ...server, urls: [server.urls].flat().filter(fits) })).filter(({ urls }) => urls.length > 0);
}

/**
 * Examine the line. @param {{iceUrl: string, policy: RTCIceTransportPolicy, roundTrip: () => Promise<number|null>}} parts
 * `roundTrip` measures the socket. @returns {Promise<Report>}
 */
export async function examine({ iceUrl, policy, roundTrip }) {
  /** @type {RTCIceServer[]} */
  let servers = [];
  let online = true;
  try {
    const answer = await fetch(iceUrl, { headers: { Accept: "application/json" } });
    servers = (await answer.json()).ice_servers ?? [];
  } catch {
    online = false;
  }
  const [udpServers, tcpServers] = [relaysOver(servers, "udp"), relaysOver(servers, "tcp")];
  const hasRelay = udpServers.length + tcpServers.length > 0;
  const [direct, udp, tcp, socketMs] = online
    ? await Promise.all([
        policy === "relay" ? false : hasDirectWay(servers),
        udpServers.length > 0 ? tryRelay(udpServers) : SHUT,
        tcpServers.length > 0 ? tryRelay(tcpServers) : SHUT,
        roundTrip().catch(() => null),
      ])
    : [false, SHUT, SHUT, null];
  const way = udp.open ? udp : tcp;
  const verdict = judgeWays({ online, hasRelay, direct, udp, tcp, socketMs });
  return { verdict, roundTripMs: way.roundTripMs ?? socketMs, kbps: way.kbps, thin: way.kbps !== null && way.kbps < THIN_KBPS, at: Date.now() };
}

/** @param {RTCIceServer[]} iceServers */
async function hasDirectWay(iceServers) {
  const pc = new RTCPeerConnection({ iceServers });
  const stun = iceServers.some(({ urls }) => [urls].flat().some((url) => url.startsWith("stun:")));
  const types = new Set();
  try {
    pc.createDataChannel("reach");
    await new Promise((done) => {
      pc.onicecandidate = ({ candidate }) => {
        if (candidate?.type) types.add(candidate.type);
        if (!candidate || types.has("srflx") || (!stun && types.has("host"))) done(undefined);
      };
      setTimeout(done, OPEN_MS);
      pc.setLocalDescription().catch(done);
    });
  } finally {
    pc.close();
  }
  // Without STUN nobody tells our outer address: on one machine or one network the inner one is enough.
  return types.has("srflx") || (!stun && types.has("host"));
}

/** Two ends of this page, only through the relay. @param {RTCIceServer[]} iceServers @returns {Promise<Way>} */
async function tryRelay(iceServers) {
  const ends = [0, 1].map(() => new RTCPeerConnection({ iceServers, iceTransportPolicy: "relay" }));
  const [one, other] = ends;
  try {
    one.onicecandidate = ({ candidate }) => void other.addIceCandidate(candidate ?? undefined).catch(() => {});
    other.onicecandidate = ({ candidate }) => void one.addIceCandidate(candidate ?? undefined).catch(() => {});
    const channel = one.createDataChannel("doctor");
    channel.binaryType = "arraybuffer";
    const arrived = new Promise((done) => {
      other.ondatachannel = ({ channel: far }) => {
        let bytes = 0;
        far.onmessage = ({ data }) => {
          if (typeof data === "string") far.send(data); // a round trip
          else if ((bytes += data.byteLength ?? data.size) >= CHUNK * CHUNKS) done(bytes);
        };
      };
    });
    const opened = new Promise((done) => (channel.onopen = () => done(true)));
    await one.setLocalDescription();
    await other.setRemoteDescription(/** @type {RTCSessionDescription} */ (one.localDescription));
    await other.setLocalDescription();
    await one.setRemoteDescription(/** @type {RTCSessionDescription} */ (other.localDescription));
    if ((await within(opened, OPEN_MS)) === undefined) return SHUT;
    const sent = performance.now();
    const answered = new Promise((done) => (channel.onmessage = () => done(performance.now() - sent)));
    channel.send("?");
    const roundTripMs = /** @type {number|undefined} */ (await within(answered, FLOW_MS));
    const began = performance.now();
    for (let index = 0; index < CHUNKS; index += 1) channel.send(new ArrayBuffer(CHUNK));
    const bytes = /** @type {number|undefined} */ (await within(arrived, FLOW_MS));
    const seconds = (performance.now() - began) / 1000;
    return { open: true, roundTripMs: roundTripMs === undefined ? null : Math.round(roundTripMs), kbps: bytes === undefined ? THIN_KBPS / 2 : Math.round((bytes * 8) / seconds / 1000) };
  } catch {
    return SHUT;
  } finally {
    for (const end of ends) end.close();
  }
}

/** @param {Promise<unknown>} promise @param {number} milliseconds @returns {Promise<unknown>} undefined when it takes longer */
function within(promise, milliseconds) {
  return Promise.race([promise, new Promise((done) => setTimeout(done, milliseconds))]);
}

/** The good report of today on this device, if there is one. @returns {Report|null} */
export function remembered() {
  try {
    const report = JSON.parse(localStorage.getItem(KEY) ?? "null");
    const today = report && new Date(report.at).toDateString() === new Date().toDateString();
    return today && isGood(report.verdict) && !report.thin ? report : null;
  } catch {
    return null;
  }
}

/** @param {Report} report */
export function remember(report) {
  try {
    if (isGood(report.verdict) && !report.thin) localStorage.setItem(KEY, JSON.stringify(report));
    else localStorage.removeItem(KEY);
  } catch {
    // Without storage it is examined each time.
  }
}
