// How the voice is packed: what we ask of our own Opus encoder, said in the description of the other side (RFC 7587). No DOM.

/** @typedef {"full"|"thin"} VoiceShape */

/** Sixty milliseconds to a packet: a third of the packets, so a third of the headers, for 40 ms more delay. */
const THIN = { usedtx: "1", maxaveragebitrate: "12000", stereo: "0", useinbandfec: "1" };
const PACKET_MS = 60;
/**
 * What a packet need not carry: the number by which a browser measures how much the line bears, and how loud it is. While it measures, it
 * fills the line for a second now and then with packets of nothing, and the other side answers each packet. Twelve kbit/s need no measuring.
 */
const UNMEASURED = /^a=(extmap:\d+(\/\w+)? \S*(transport-wide-cc|ssrc-audio-level)|rtcp-fb:(\d+|\*) transport-cc)/;

/**
 * The other side's description as our encoder shall understand it. Its lines for audio say what it wants to hear, so this changes
 * only what we send, and nothing that was agreed on.
 * @param {string} sdp @param {VoiceShape} shape @returns {string}
 */
export function shapeVoice(sdp, shape) {
  if (shape === "full") return sdp;
  const [session, ...media] = sdp.split(/(?=^m=)/m);
  return [session, ...media.map((part) => (part.startsWith("m=audio") ? thin(part) : part))].join("");
}

/** @param {string} part */
function thin(part) {
  const opus = /^a=rtpmap:(\d+) opus\/48000/im.exec(part)?.[1];
  if (!opus) return part;
  const lines = part.split("\r\n").filter((line) => !/^a=(max)?ptime:/.test(line) && !UNMEASURED.test(line));
  const formats = lines.findIndex((line) => line.startsWith(`a=fmtp:${opus} `));
  const said = formats < 0 ? "" : lines[formats].slice(`a=fmtp:${opus} `.length);
  const wanted = { ...Object.fromEntries(said.split(";").map((pair) => pair.trim().split("=")).filter(([name]) => name)), ...THIN };
  const format = `a=fmtp:${opus} ${Object.entries(wanted).map(([name, value]) => `${name}=${value}`).join(";")}`;
  if (formats < 0) lines.splice(lines.findIndex((line) => line.startsWith(`a=rtpmap:${opus} `)) + 1, 0, format);
  else lines[formats] = format;
  const end = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  lines.splice(end, 0, `a=ptime:${PACKET_MS}`);
  return lines.join("\r\n");
}
