// Runs in each page of a drill before its own scripts: a clock that can be wrong, a note of everything the page has
// promised to send, a hand that draws and writes all the time, and a look at what the page shows. Changes nothing else.
(() => {
  if (window !== window.top) return;
  const token = Math.random().toString(36).slice(2);
  const RealDate = Date;
  let shift = Number(localStorage.getItem("drill-shift") ?? 0);
  window.Date = class extends RealDate {
    constructor(...given) {
      if (given.length === 0) super(RealDate.now() + shift);
      else super(...given);
    }
    static now() {
      return RealDate.now() + shift;
    }
  };
  const tell = (what) => window.drillTold?.(JSON.stringify(what));
  tell({ kind: "load", url: location.pathname, token });

  // What a page keeps for sending, told once when it asks the browser to keep it and once when the browser has.
  const told = { put: new Set(), kept: new Set() };
  const note = (kind, box, items) => {
    const fresh = items.filter(({ client_id: id }) => id && !told[kind].has(id));
    for (const { client_id: id } of fresh) told[kind].add(id);
    if (fresh.length > 0) tell({ kind, box, ids: fresh.map(({ client_id: id }) => id), at: RealDate.now() });
  };
  const keep = Storage.prototype.setItem;
  Storage.prototype.setItem = function setItem(key, value) {
    const result = keep.call(this, key, value);
    if (/^room-(board|chat)-/.test(key)) note("kept", key, JSON.parse(value));
    return result;
  };
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function spied(value, ...more) {
    const result = put.call(this, value, ...more);
    if (value?.item?.client_id) {
      note("put", value.box, [value.item]);
      this.transaction.addEventListener("complete", () => note("kept", value.box, [value.item]));
    }
    return result;
  };

  // Every call the page makes; the newest one that is open is the one that counts.
  const calls = [];
  const RealConnection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends RealConnection {
    constructor(...given) {
      super(...given);
      calls.push(this);
    }
  };
  async function media() {
    const call = calls.findLast((one) => one.signalingState !== "closed");
    const found = { call: calls.indexOf(call), audio: 0, video: 0, sends: false, connection: "", ice: "", signaling: "" };
    if (!call) return found;
    found.connection = call.connectionState;
    found.ice = call.iceConnectionState;
    found.signaling = call.signalingState;
    found.sends = call.getSenders().some(({ track }) => track?.kind === "video" && track.readyState === "live");
    for (const one of (await call.getStats()).values()) {
      if (one.type !== "inbound-rtp") continue;
      if (one.kind === "audio") found.audio += one.packetsReceived ?? 0;
      else found.video += one.framesDecoded ?? 0;
    }
    return found;
  }

  let seed = Number(localStorage.getItem("drill-seed") ?? 1);
  const random = () => {
    seed = (seed * 1664525 + 1013904223) % 4294967296;
    localStorage.setItem("drill-seed", String(seed));
    return seed / 4294967296;
  };
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const counts = { strokes: 0, messages: 0 };
  let resting = false;
  let drawing = false;

  async function stroke() {
    const board = document.querySelector("[data-board]");
    const box = board.getBoundingClientRect();
    let x = box.left + box.width * (0.15 + 0.6 * random());
    let y = box.top + box.height * (0.2 + 0.5 * random());
    const dx = (random() - 0.5) * 24;
    const dy = (random() - 0.5) * 24;
    const send = (type) =>
      board.dispatchEvent(new PointerEvent(type, { pointerId: 77, pointerType: "mouse", button: 0, buttons: 1, clientX: x, clientY: y, bubbles: true, cancelable: true }));
    drawing = true;
    send("pointerdown");
    for (let i = 0; i < 6; i += 1) {
      await wait(16);
      x += dx + random() * 4;
      y += dy + random() * 4;
      send("pointermove");
    }
    send("pointerup");
    drawing = false;
    counts.strokes += 1;
  }

  function message() {
    const field = document.querySelector("#chat-text");
    if (!field || document.activeElement === field) return;
    counts.messages += 1;
    field.value = `Message ${counts.messages} of ${token}`;
    field.form.requestSubmit();
  }

  async function act() {
    // The page's clock runs as soon as its own script does; from then on a person can draw.
    while (!/\d/.test(document.querySelector("[data-clock]")?.textContent ?? "")) await wait(50);
    for (let turn = 0; ; turn += 1) {
      await wait(300 + 500 * random());
      if (resting || document.querySelector("dialog[open]")) continue;
      await stroke();
      if (turn % 3 === 2 && !resting) message();
    }
  }

  window.drill = {
    token,
    rest: (still) => (resting = still),
    shift: (ms) => {
      shift = ms;
      localStorage.setItem("drill-shift", String(ms));
    },
    async look() {
      const root = document.querySelector(".room-frame");
      const board = document.querySelector("[data-board]");
      return {
        token,
        path: location.pathname,
        state: root?.dataset.state ?? "",
        call: root?.dataset.call ?? "",
        rung: root?.dataset.rung ?? "",
        media: await media(),
        clock: document.querySelector("[data-clock]")?.textContent ?? "",
        banner: document.querySelector("[data-banner]:not([hidden]) [data-banner-lead]")?.textContent ?? "",
        taken: Boolean(document.querySelector("[data-seat-dialog][open]")),
        digest: `${board?.dataset.boardDigest ?? ""} ${root?.dataset.chatDigest ?? ""}`.trim(),
        now: RealDate.now(),
        drawing,
        ...counts,
      };
    },
    chat: () => [...document.querySelectorAll("[data-chat-lines] > li")].map((line) => line.querySelector(".bubble")?.textContent ?? ""),
    picture: () => [...document.querySelectorAll('[data-canvas="tile"]')].map((one) => `${one.style.left} ${one.style.top} ${one.toDataURL()}`).sort().join(),
  };
  if (/\/room$/.test(location.pathname)) addEventListener("DOMContentLoaded", () => void act());
})();
