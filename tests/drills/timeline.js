// Runs in each page of a drill before its own scripts: notes when the page came, asked for devices, opened sockets, said and heard
// what makes a call, and how the call's state went. Times are milliseconds since 1970 by this machine's clock. Changes nothing else.
(() => {
  if (window !== window.top) return;
  const MOST = 400;
  const WORD = /^\d+(?:-\d+)?(?:\/[^,]*,)?\d*\["([a-z_]+)"/;
  const QUIET = /^(ink|typing|view|board_commit|chat_send|journal_appended|media)/;
  const lines = [];
  const note = (what, at = performance.now()) => {
    lines.push([performance.timeOrigin + at, what]);
    if (lines.length > MOST) lines.shift();
  };
  window.drillTimes = () => {
    const found = [...lines];
    const [page] = performance.getEntriesByType("navigation");
    for (const name of ["fetchStart", "responseStart", "responseEnd", "domInteractive", "domContentLoadedEventEnd"]) {
      if (page?.[name]) found.push([performance.timeOrigin + page[name], `page ${name}`]);
    }
    for (const mark of performance.getEntriesByType("mark")) found.push([performance.timeOrigin + mark.startTime, `mark ${mark.name} ${mark.detail ?? ""}`]);
    for (const one of performance.getEntriesByType("resource")) {
      if (/ice|log/.test(one.name.split("/").pop() ?? "")) found.push([performance.timeOrigin + one.responseEnd, `fetched ${one.name.split("/").pop()} asked ${Math.round(one.duration)} ms before`]);
    }
    return found.sort((a, b) => a[0] - b[0]);
  };

  // Chromium tells of a frame that came late, and which scripts it waited for.
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) {
      if (one.duration < 150) continue;
      note(`busy for ${Math.round(one.duration)} ms, ${Math.round(one.startTime + one.duration - one.styleAndLayoutStart)} of them layout`, one.startTime);
      for (const script of one.scripts) {
        if (script.duration < 30) continue;
        const where = `${script.sourceURL.split("/").pop()}:${script.sourceCharPosition} ${script.sourceFunctionName}`;
        note(`  ${Math.round(script.duration)} ms ${script.invoker} ${where}, layout ${Math.round(script.forcedStyleAndLayoutDuration)}`, script.startTime);
      }
    }
  }).observe({ type: "long-animation-frame", buffered: true });

  const RealSocket = window.WebSocket;
  window.WebSocket = class extends RealSocket {
    constructor(...given) {
      super(...given);
      note("socket asked");
      this.addEventListener("open", () => note("socket open"));
      this.addEventListener("close", ({ code }) => note(`socket closed ${code}`));
      this.addEventListener("message", ({ data }) => said("hears", data));
    }
    send(data) {
      said("says", data);
      super.send(data);
    }
  };
  function said(how, data) {
    if (typeof data !== "string") return;
    const name = WORD.exec(data)?.[1] ?? (/^(0|40|43)/.test(data) ? data.slice(0, 60) : "");
    if (!name || QUIET.test(name)) return;
    const detail = /"type":"(offer|answer)"/.exec(data)?.[1] ?? (/"again":true/.test(data) ? "again" : /typ (\w+)/.exec(data)?.[1] ?? "");
    const ends = /"(?:to|from)":\d+/g;
    note(`${how} ${name} ${detail} ${[...data.matchAll(ends)].join(" ")}`);
  }

  const devices = navigator.mediaDevices;
  const real = devices?.getUserMedia?.bind(devices);
  if (real) {
    devices.getUserMedia = async (wish) => {
      note("devices asked");
      try {
        return await real(wish);
      } finally {
        note("devices answered");
      }
    };
  }
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function opened(...given) {
    const asked = open.apply(this, given);
    note("shelf asked");
    asked.addEventListener("success", () => note("shelf open"));
    asked.addEventListener("error", () => note("shelf refused"));
    return asked;
  };

  let calls = 0;
  const RealConnection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends RealConnection {
    constructor(...given) {
      super(...given);
      const name = `call ${(calls += 1)}`;
      note(`${name} made`);
      this.addEventListener("connectionstatechange", () => note(`${name} ${this.connectionState}`));
      this.addEventListener("iceconnectionstatechange", () => note(`${name} ice ${this.iceConnectionState}`));
      this.addEventListener("icegatheringstatechange", () => note(`${name} gathering ${this.iceGatheringState}`));
      this.addEventListener("signalingstatechange", () => note(`${name} signalling ${this.signalingState}`));
      this.addEventListener("track", ({ track }) => {
        note(`${name} line for ${track.kind}`);
        track.addEventListener("unmute", () => note(`${name} first ${track.kind}`));
      });
    }
  };
})();
