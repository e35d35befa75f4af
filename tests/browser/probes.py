"""What a call's page really gets: colours, tones, silences and ways, read inside the page. For tests and drills only."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page

from peerlearn.live.ink_code import points_decode

# Put in before the page's own scripts: keeps the connections, counts the socket's bytes, notes every message of the data channel.
WATCH = """
(() => {
  const kept = (window.probe = { pcs: [], sent: [], heard: [], hands: [], socket: 0 });
  addEventListener("pointerdown", ({ clientX }) => kept.hands.push([[Date.now(), clientX]]), true);
  addEventListener("pointermove", ({ clientX, buttons }) => buttons && kept.hands.at(-1)?.push([Date.now(), clientX]), true);
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(...parts) { super(...parts); kept.pcs.push(this); }
    createDataChannel(label, options) {
      const channel = super.createDataChannel(label, options);
      if (label === "room") {
        const send = channel.send.bind(channel);
        channel.send = (text) => { kept.sent.push([Date.now(), text]); send(text); };
        channel.addEventListener("message", ({ data }) => kept.heard.push([Date.now(), data]));
      }
      return channel;
    }
  };
  const size = (data) => (typeof data === "string" ? new Blob([data]).size : (data.byteLength ?? data.size ?? 0)) + 6;
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...parts) { super(...parts); this.addEventListener("message", ({ data }) => (kept.socket += size(data))); }
    send(data) { kept.socket += size(data); super.send(data); }
  };
  // A tone is what noise suppression takes away: as in a music lesson, it is off here.
  const key = "room-media";
  sessionStorage.setItem(key, JSON.stringify({ noise: false, ...JSON.parse(sessionStorage.getItem(key) ?? "{}"), noise: false }));
})();
"""

# The last connection that lives.
_PC = "const pc = probe.pcs.filter((one) => one.connectionState !== 'closed').at(-1);"


def watch(page: Page) -> None:
    """Call before the page is opened."""
    page.add_init_script(WATCH)


def colour(page: Page) -> tuple[int, int, int]:
    """Red, green and blue of the middle of the other one's picture, averaged."""
    script = """() => {
      const video = document.querySelector("[data-remote]");
      const canvas = Object.assign(document.createElement("canvas"), { width: 16, height: 16 });
      const brush = canvas.getContext("2d");
      brush.drawImage(video, 0, 0, 16, 16);
      const data = brush.getImageData(4, 4, 8, 8).data;
      const sum = [0, 0, 0];
      for (let i = 0; i < data.length; i += 1) if (i % 4 < 3) sum[i % 4] += data[i];
      return sum.map((one) => Math.round(one / 64));
    }"""
    red, green, blue = page.evaluate(script)
    return red, green, blue


def tone(page: Page) -> int:
    """The strongest frequency in the other one's sound, in hertz."""
    script = """async () => {
      window.ear ??= new AudioContext();
      await window.ear.resume();
      const track = document.querySelector("[data-remote]").srcObject.getAudioTracks()[0];
      const source = window.ear.createMediaStreamSource(new MediaStream([track]));
      const analyser = window.ear.createAnalyser();
      analyser.fftSize = 8192;
      source.connect(analyser);
      await new Promise((done) => setTimeout(done, 400));
      const bins = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(bins);
      source.disconnect();
      let best = 0;
      for (let i = 1; i < bins.length; i += 1) if (bins[i] > bins[best]) best = i;
      return bins[best] > -70 ? Math.round((best * window.ear.sampleRate) / analyser.fftSize) : 0;
    }"""
    return int(page.evaluate(script))


def way(page: Page) -> dict[str, Any]:
    """The chosen pair: {local, remote: candidate types, protocol: to the relay (udp, tcp, tls) or None, rtt: seconds,
    sent, received, socket: bytes}, and the connection's own states."""
    script = f"""async () => {{
      {_PC}
      if (!pc) return {{}};
      const report = await pc.getStats();
      const transport = [...report.values()].find((one) => one.type === "transport");
      const pair = report.get(transport?.selectedCandidatePairId);
      const local = report.get(pair?.localCandidateId);
      const remote = report.get(pair?.remoteCandidateId);
      return {{ local: local?.candidateType, remote: remote?.candidateType, protocol: local?.relayProtocol ?? null,
        rtt: pair?.currentRoundTripTime ?? null, socket: probe.socket,
        sent: transport?.bytesSent ?? 0, received: transport?.bytesReceived ?? 0,
        state: pc.connectionState, signaling: pc.signalingState, pcs: probe.pcs.length }};
    }}"""
    return dict(page.evaluate(script))


def listen(page: Page) -> None:
    """Begin to write down the sound that comes, ten times a second."""
    script = f"""() => {{
      window.sounds = [];
      let last = null;
      clearInterval(window.listening);
      window.listening = setInterval(async () => {{
        {_PC}
        if (!pc) return void (last = null);
        const inbound = [...(await pc.getStats()).values()].find((one) => one.type === "inbound-rtp" && one.kind === "audio");
        if (!inbound) return void window.sounds.push([Date.now(), 0.1, 0, 1]);
        if (last && inbound.id === last.id && inbound.totalSamplesDuration > last.totalSamplesDuration) {{
          const seconds = inbound.totalSamplesDuration - last.totalSamplesDuration;
          window.sounds.push([Date.now(), seconds, (inbound.totalAudioEnergy - last.totalAudioEnergy) / seconds,
            (inbound.concealedSamples - last.concealedSamples) / Math.max(1, inbound.totalSamplesReceived - last.totalSamplesReceived)]);
        }}
        last = inbound;
      }}, 100);
    }}"""
    page.evaluate(script)


def silences(page: Page, share: float = 0.02) -> dict[str, float]:
    """What was heard since `listen`: {longest: the longest silence in seconds, concealed: share of invented sound, seconds}.

    Silent is a tenth of a second with less than `share` of the usual energy (two hundredths are 17 dB less).
    """
    rows = page.evaluate("() => { clearInterval(window.listening); return window.sounds; }")
    energies = sorted(row[2] for row in rows)
    usual = energies[len(energies) * 3 // 4] if energies else 0.0
    longest = run = total = concealed = 0.0
    before = None
    for at, seconds, energy, invented in rows:
        # Between two readings of a busy machine the sound went on: its own clock counts, unless there was none.
        passed = max(seconds, 0.0) if before is None or seconds > 0 else (at - before) / 1000
        run = run + passed if energy <= usual * share else 0.0
        longest = max(longest, run)
        total += passed
        concealed += invented * passed
        before = at
    return {
        "longest": longest if usual > 0 else total,
        "concealed": concealed / total if total else 1.0,
        "seconds": total,
        "usual": usual,
    }


def ink_delays(sender: Page, receiver: Page, since: float = 0.0) -> tuple[list[float], int]:
    """Milliseconds from the hand's movement to the first message that brought its point, and how many points sent never came.

    Of the strokes that began after `since`, in milliseconds since 1970.

    Every point of every stroke counts once, by one machine's clock; the time that it waits to be sent is in it. The strokes must
    have been drawn from left to right, so that a point's place tells when the hand was there.
    """
    hands = sender.evaluate("probe.hands")
    came: dict[str, dict[int, float]] = {}
    for at, (_, points, stroke, start) in _ink(receiver.evaluate("probe.heard")):
        for index in range(0, len(points), 3):
            came.setdefault(stroke, {}).setdefault(start + index, at)
    drawn: dict[str, tuple[float, dict[int, int]]] = {}
    for at, (_, points, stroke, start) in _ink(sender.evaluate("probe.sent")):
        places = drawn.setdefault(stroke, (at, {}))[1]
        places.update({start + index: points[index] for index in range(0, len(points), 3)})
    pairs = []
    for stroke, (at, places) in drawn.items():
        hand = [one for one in hands if one[0][0] <= at]
        if hand and 0 in places and hand[-1][0][0] >= since:
            pairs.append((stroke, places, hand[-1]))
    scale = max((max(places.values()) - places[0]) / (hand[-1][1] - hand[0][1] or 1e9) for _, places, hand in pairs)
    delays, lost = [], 0
    for stroke, places, hand in pairs:
        for index, place in places.items():
            x = hand[0][1] + (place - places[0]) / scale - 1
            moved = next((at for at, there in hand if there >= x), hand[-1][0])
            if index in came.get(stroke, {}):
                delays.append(came[stroke][index] - moved)
            else:
                lost += 1
    return delays, lost


def _ink(rows: list[tuple[float, str]]) -> list[tuple[float, tuple[int, list[int], str, int]]]:
    """Messages of ink among those of a channel: when, and (kind, points, stroke, first number)."""
    found = []
    for at, text in rows:
        data = json.loads(text).get("data") if text.startswith('{"event":"ink"') else None
        if isinstance(data, list) and len(data) == 7:
            found.append((at, (data[1], points_decode(data[2]), data[3], data[6])))
    return found
