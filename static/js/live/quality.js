// How the connection is: numbers from getStats as differences, and one of a few words. No DOM.

/**
 * @typedef {{rtt: number|null, loss: number|null, relayed: boolean|null, kbps: number, upKbps: number, limited: boolean, cpu: boolean,
 *   capacity: number|null, lossOut: number|null, concealed: number|null, stuck: boolean, mute: boolean}} Reading
 *   rates in kbit/s over the whole connection, down and up; `loss` of what we receive, `lossOut` of what we send; `concealed` the share
 *   of the sound that was invented here; `mute` our microphone gives nothing at all, not even the noise of a room; `capacity` the browser's guess of our upload in kbit/s
 */

/** Data that waits longer than this in front of the line says that the line is full. */
const STUCK_BYTES = 6000;

/** @param {Reading} reading @returns {"good"|"fair"|"weak"|"upload"} */
export function judge({ rtt, loss, lossOut, limited, upKbps }) {
  if ((loss ?? 0) > 0.1 || (rtt ?? 0) > 0.8) return "weak";
  if ((limited && upKbps < 150) || (lossOut ?? 0) > 0.1) return "upload";
  if ((loss ?? 0) > 0.03 || (lossOut ?? 0) > 0.03 || (rtt ?? 0) > 0.4) return "fair";
  return "good";
}

/** Totals of one report. @param {Map<string, any>} report @param {number} at milliseconds */
function totals(report, at) {
  const now = {
    at, received: 0, sent: 0, packets: 0, lost: 0, samples: 0, concealed: 0, voice: 0, spoken: 0, rtt: /** @type {number|null} */ (null),
    relayed: /** @type {boolean|null} */ (null), limited: false, cpu: false, capacity: /** @type {number|null} */ (null), lossOut: /** @type {number|null} */ (null),
  };
  for (const entry of report.values()) {
    if (entry.type === "transport") {
      now.received += entry.bytesReceived ?? 0;
      now.sent += entry.bytesSent ?? 0;
      const pair = report.get(entry.selectedCandidatePairId);
      if (!pair) continue;
      now.rtt = pair.currentRoundTripTime ?? now.rtt;
      if (pair.availableOutgoingBitrate) now.capacity = pair.availableOutgoingBitrate / 1000;
      const ends = [report.get(pair.localCandidateId), report.get(pair.remoteCandidateId)];
      now.relayed = ends.some((end) => end?.candidateType === "relay");
    } else if (entry.type === "inbound-rtp") {
      now.packets += entry.packetsReceived ?? 0;
      now.lost += entry.packetsLost ?? 0;
      // Silence that the sender left out is concealed too, and no fault.
      now.samples += entry.totalSamplesReceived ?? 0;
      now.concealed += (entry.concealedSamples ?? 0) - (entry.silentConcealedSamples ?? 0);
    } else if (entry.type === "media-source" && entry.kind === "audio") {
      now.voice += entry.totalAudioEnergy ?? 1;
      now.spoken += entry.totalSamplesDuration ?? 0;
    } else if (entry.type === "outbound-rtp") {
      now.limited ||= entry.qualityLimitationReason === "bandwidth";
      now.cpu ||= entry.qualityLimitationReason === "cpu";
    } else if (entry.type === "remote-inbound-rtp") {
      now.rtt ??= entry.roundTripTime ?? null;
      if (entry.fractionLost !== undefined) now.lossOut = Math.max(now.lossOut ?? 0, entry.fractionLost);
    }
  }
  return now;
}

/** Reads getStats twice a second and gives differences, not totals. */
export class Quality {
  /** @param {{peer: import("./peer.js").Peer, onReading: (reading: Reading) => void, everyMs?: number}} parts */
  constructor({ peer, onReading, everyMs = 500 }) {
    this.peer = peer;
    this.onReading = onReading;
    /** @type {RTCPeerConnection|null} */
    this.pc = null;
    /** @type {ReturnType<typeof totals>|null} */
    this.last = null;
    this.timer = setInterval(() => void this.read(), everyMs);
  }

  async read() {
    const pc = this.peer.pc;
    if (!pc || this.peer.state !== "connected") {
      this.last = null;
      return;
    }
    const now = totals(/** @type {any} */ (await pc.getStats()), performance.now());
    const before = pc === this.pc ? this.last : null;
    this.last = now;
    this.pc = pc;
    if (!before) return;
    const seconds = (now.at - before.at) / 1000;
    const lost = Math.max(0, now.lost - before.lost);
    const expected = now.packets - before.packets + lost;
    const samples = now.samples - before.samples;
    this.onReading({
      rtt: now.rtt,
      relayed: now.relayed,
      limited: now.limited,
      cpu: now.cpu,
      capacity: now.capacity,
      lossOut: now.lossOut,
      loss: expected > 0 ? lost / expected : null,
      concealed: samples > 0 ? Math.min(1, Math.max(0, (now.concealed - before.concealed) / samples)) : null,
      mute: now.spoken > before.spoken && now.voice === before.voice,
      stuck: this.peer.channels.waiting > STUCK_BYTES,
      kbps: ((now.received - before.received) * 8) / 1000 / seconds,
      upKbps: ((now.sent - before.sent) * 8) / 1000 / seconds,
    });
  }

  stop() {
    clearInterval(this.timer);
  }
}
