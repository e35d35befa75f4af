// Socket.IO on Node with nothing changed: `node server.mjs PORT`.

import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const sockets = new Server(http);

/** Which room a socket sits in. */
const roomOf = new Map();
/** The sockets of a room, two at most. */
const seatsOf = new Map();

function join(socket, message, answer) {
  const seats = seatsOf.get(message.session) ?? [];
  if (seats.length === 2) return answer({ ok: false, code: "full" });
  seatsOf.set(message.session, [...seats, socket]);
  roomOf.set(socket.id, message.session);
  answer({ ok: true });
}

function leave(socket) {
  const room = roomOf.get(socket.id);
  if (room === undefined) return;
  roomOf.delete(socket.id);
  const left = seatsOf.get(room).filter((one) => one !== socket);
  if (left.length > 0) seatsOf.set(room, left);
  else seatsOf.delete(room);
}

function relay(socket, event, message) {
  const room = roomOf.get(socket.id);
  if (room === undefined) return false;
  for (const one of seatsOf.get(room)) if (one !== socket) one.emit(event, message);
  return true;
}

sockets.on("connection", (socket) => {
  socket.on("room_join", (message, answer) => join(socket, message, answer));
  socket.on("disconnect", () => leave(socket));
  socket.on("ink", (message) => relay(socket, "ink", message));
  socket.on("move", (message) => relay(socket, "move", message));
  socket.on("signal_send", (message, answer) => answer({ ok: relay(socket, "signal_send", message) }));
});

http.listen(Number(process.argv[2]), "127.0.0.1");
