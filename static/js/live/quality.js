// How the connection is, in one of a few words. No DOM.

/** @typedef {{rtt: number|null, loss: number|null, relayed: boolean|null, kbps: number, upKbps: number, limited: boolean}} Reading */

/** @param {Reading} reading @returns {"good"|"fair"|"weak"|"upload"} */
export function judge({ rtt, loss, limited, upKbps }) {
  if ((loss ?? 0) > 0.1 || (rtt ?? 0) > 0.8) return "weak";
  if (limited && upKbps < 150) return "upload";
  if ((loss ?? 0) > 0.03 || (rtt ?? 0) > 0.4) return "fair";
  return "good";
}

/** Reads getStats every few seconds and gives differences, not totals. */
export class Quality {
  /** @param {{peer: import("./peer.js").Peer, onReading: (reading: Reading) => void, everyMs?: number}} parts */
  constructor({ peer, onReading, everyMs = 2500 }) {
    this.peer = peer;
    this.onReading = onReading;
    /** @type {{at: number, received: number, sent: number, packets: number, lost: number}|null} */
    this.last = null;
    this.timer = setInterval(() => void this.read(), everyMs);
  }

  async read() {
    const pc = this.peer.pc;
    if (!pc || this.peer.state !== "connected") {
      this.last = null;
      return;
    }
    const report = await pc.getStats();
    const now = { at: performance.now(), received: 0, sent: 0, packets: 0, lost: 0 };
    let rtt = null;
    let relayed = null;
    let limited = false;
    for (const entry of report.values()) {
      if (entry.type === "transport" && entry.selectedCandidatePairId) {
        const pair = report.get(entry.selectedCandidatePairId);
        rtt = pair?.currentRoundTripTime ?? rtt;
        const ends = [report.get(pair?.localCandidateId), report.get(pair?.remoteCandidateId)];
        relayed = ends.some((end) => end?.candidateType === "relay");
      } else if (entry.type === "inbound-rtp") {
        now.received += entry.bytesReceived ?? 0;
        now.packets += entry.packetsReceived ?? 0;
        now.lost += entry.packetsLost ?? 0;
      } else if (entry.type === "outbound-rtp") {
        now.sent += entry.bytesSent ?? 0;
        limited ||= entry.qualityLimitationReason === "bandwidth";
      } else if (entry.type === "remote-inbound-rtp") {
        rtt ??= entry.roundTripTime ?? null;
      }
    }
    const before = this.last;
    this.last = now;
    if (!before) return;
    const seconds = (now.at - before.at) / 1000;
    const packets = now.packets - before.packets;
    const lost = now.lost - before.lost;
    this.onReading({
      rtt,
      relayed,
      limited,
      loss: packets + lost > 0 ? Math.max(0, lost) / (packets + lost) : null,
      kbps: ((now.received - before.received) * 8) / 1000 / seconds,
      upKbps: ((now.sent - before.sent) * 8) / 1000 / seconds,
    });
  }

  stop() {
    clearInterval(this.timer);
  }
}
