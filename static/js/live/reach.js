// Which ways out this network has: found by gathering candidates, before anyone waits for a call. No DOM.

const GATHER_MS = 6000;

/**
 * @param {string} iceUrl @param {RTCIceTransportPolicy} policy
 * @returns {Promise<"direct"|"relay"|"none"|"offline">} "direct" when a path without relay is likely, "relay" when only TURN answered
 */
export async function checkConnection(iceUrl, policy) {
  let iceServers;
  try {
    const answer = await fetch(iceUrl, { headers: { Accept: "application/json" } });
    iceServers = (await answer.json()).ice_servers ?? [];
  } catch {
    return "offline";
  }
  const pc = new RTCPeerConnection({ iceServers, iceTransportPolicy: policy });
  const types = new Set();
  try {
    pc.createDataChannel("reach");
    const gathered = new Promise((done) => {
      pc.onicecandidate = ({ candidate }) => {
        if (candidate?.type) types.add(candidate.type);
        if (!candidate || types.has("srflx")) done(undefined);
      };
      setTimeout(done, GATHER_MS);
    });
    await pc.setLocalDescription();
    await gathered;
  } finally {
    pc.close();
  }
  const stun = iceServers.some((/** @type {RTCIceServer} */ { urls }) => String(urls).includes("stun:"));
  if (types.has("srflx") || (types.has("host") && !stun)) return "direct";
  if (types.has("relay")) return "relay";
  return types.has("host") ? "direct" : "none";
}
