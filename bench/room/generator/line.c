#define _GNU_SOURCE
#include "line.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TEXT = 1, CLOSE = 8, PING = 9, PONG = 10, LARGEST = 1 << 20 };

static const char OFFER[] = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
static unsigned char packed[LARGEST];

static uint32_t next_mask(void) {
  static uint32_t state = 2463534242u;  // xorshift: a mask must change, not be secret, on the loopback
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

static void room_for(unsigned char **where, size_t *room, size_t need) {
  if (need <= *room) return;
  *room = need * 2;
  *where = realloc(*where, *room);
  if (!*where) abort();
}

static void write_out(line *l, const unsigned char *bytes, size_t length) {
  if (l->closed) return;
  if (l->waiting == 0) {
    ssize_t taken = send(l->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (taken == (ssize_t)length) return;
    if (taken < 0) {
      if (errno != EAGAIN) {
        l->closed = true;
        return;
      }
      taken = 0;
    }
    bytes += taken;
    length -= (size_t)taken;
  }
  room_for(&l->out, &l->out_room, l->waiting + length);
  memcpy(l->out + l->waiting, bytes, length);
  l->waiting += length;
}

void line_flush(line *l) {
  while (l->waiting && !l->closed) {
    ssize_t taken = send(l->fd, l->out, l->waiting, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (taken < 0) {
      if (errno != EAGAIN) l->closed = true;
      return;
    }
    memmove(l->out, l->out + taken, l->waiting - (size_t)taken);
    l->waiting -= (size_t)taken;
  }
}

static size_t pack(line *l, const unsigned char *text, size_t length) {
  if (!l->packer) {
    l->packer = calloc(1, sizeof *l->packer);
    deflateInit2(l->packer, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -l->window_bits, 8, Z_DEFAULT_STRATEGY);
  }
  l->packer->next_in = (unsigned char *)text;
  l->packer->avail_in = (uInt)length;
  l->packer->next_out = packed;
  l->packer->avail_out = sizeof packed;
  deflate(l->packer, Z_SYNC_FLUSH);
  size_t made = sizeof packed - l->packer->avail_out - 4;  // RFC 7692 7.2.1: without the last 00 00 ff ff
  if (l->fresh_out) deflateReset(l->packer);
  return made;
}

static const unsigned char *unpack(line *l, const unsigned char *bytes, size_t *length) {
  static unsigned char tail[LARGEST + 4], text[LARGEST];
  if (!l->unpacker) {
    l->unpacker = calloc(1, sizeof *l->unpacker);
    inflateInit2(l->unpacker, -15);
  }
  memcpy(tail, bytes, *length);
  memcpy(tail + *length, "\0\0\xff\xff", 4);
  l->unpacker->next_in = tail;
  l->unpacker->avail_in = (uInt)(*length + 4);
  l->unpacker->next_out = text;
  l->unpacker->avail_out = sizeof text;
  int state = inflate(l->unpacker, Z_SYNC_FLUSH);
  if (state < 0 && state != Z_BUF_ERROR) {
    fprintf(stderr, "a compressed message could not be read\n");
    exit(1);
  }
  *length = sizeof text - l->unpacker->avail_out;
  if (l->fresh_in) inflateReset(l->unpacker);
  return text;
}

static void frame(line *l, int kind, const unsigned char *text, size_t length) {
  static unsigned char made[LARGEST + 16];
  size_t head = 0;
  int compressed = 0;
  if (length + 16 > sizeof made) abort();
  if (l->deflates && kind < CLOSE) {
    length = pack(l, text, length);
    text = packed;
    compressed = 0x40;
  }
  made[head++] = (unsigned char)(0x80 | compressed | kind);
  if (length < 126) {
    made[head++] = (unsigned char)(0x80 | length);
  } else if (length < 65536) {
    made[head++] = 0x80 | 126;
    made[head++] = (unsigned char)(length >> 8);
    made[head++] = (unsigned char)length;
  } else {
    made[head++] = 0x80 | 127;
    for (int shift = 56; shift >= 0; shift -= 8) made[head++] = (unsigned char)((uint64_t)length >> shift);
  }
  uint32_t word = next_mask();
  unsigned char mask[4];
  memcpy(mask, &word, 4);
  memcpy(made + head, mask, 4);
  head += 4;
  for (size_t i = 0; i < length; i++) made[head + i] = text[i] ^ mask[i & 3];
  write_out(l, made, head + length);
}

void line_say(line *l, const char *text, size_t length) { frame(l, TEXT, (const unsigned char *)text, length); }

// Pass every whole frame on and keep the rest; returns how many there were.
static int take_frames(line *l, hearer hear, void *context) {
  size_t at = 0;
  int taken = 0;
  while (l->held - at >= 2) {
    const unsigned char *b = l->in + at;
    size_t length = b[1] & 127, head = 2;
    if (length == 126) {
      if (l->held - at < 4) break;
      length = (size_t)b[2] << 8 | b[3];
      head = 4;
    } else if (length == 127) {
      if (l->held - at < 10) break;
      length = 0;
      for (int i = 0; i < 8; i++) length = length << 8 | b[2 + i];
      head = 10;
    }
    if (length > LARGEST) {
      fprintf(stderr, "a frame of %zu bytes\n", length);
      exit(1);
    }
    if (l->held - at < head + length) break;
    const unsigned char *body = b + head;
    int kind = b[0] & 15;
    at += head + length;
    taken++;
    if (kind == PING) {
      frame(l, PONG, body, length);
    } else if (kind == CLOSE) {
      l->closed = true;
    } else if (kind == TEXT) {
      if (b[0] & 0x40) body = unpack(l, body, &length);
      if (length == 1 && body[0] == '2') {
        frame(l, TEXT, (const unsigned char *)"3", 1);  // Engine.IO's own ping
      } else {
        hear(context, body, length);
      }
    }
  }
  if (at) {
    memmove(l->in, l->in + at, l->held - at);
    l->held -= at;
  }
  return taken;
}

static ssize_t read_some(line *l) {
  room_for(&l->in, &l->in_room, l->held + 16384);
  ssize_t got = recv(l->fd, l->in + l->held, l->in_room - l->held - 1, MSG_DONTWAIT);
  if (got > 0) l->held += (size_t)got;
  return got;
}

bool line_hear(line *l, hearer hear, void *context) {
  ssize_t got = read_some(l);
  if (got == 0 || (got < 0 && errno != EAGAIN)) l->closed = true;
  if (got > 0) take_frames(l, hear, context);
  return !l->closed;
}

bool line_wait(line *l, hearer hear, void *context) {
  if (l->held && take_frames(l, hear, context)) return !l->closed;  // came together with the handshake's answer
  struct pollfd wish = {.fd = l->fd, .events = POLLIN};
  if (poll(&wish, 1, 20000) <= 0) return false;
  return line_hear(l, hear, context);
}

static void take_extension(line *l, const char *head) {
  char *found = strcasestr(head, "sec-websocket-extensions:");
  if (!found) return;
  char words[256];
  snprintf(words, sizeof words, "%.*s", (int)strcspn(found, "\r"), found);
  if (!strstr(words, "permessage-deflate")) return;
  l->deflates = true;
  l->fresh_out = strstr(words, "client_no_context_takeover") != NULL;
  l->fresh_in = strstr(words, "server_no_context_takeover") != NULL;
  char *bits = strstr(words, "client_max_window_bits=");
  l->window_bits = bits ? atoi(bits + strlen("client_max_window_bits=")) : 15;
  if (l->window_bits < 9) l->window_bits = 9;
}

bool line_open(line *l, int port, const char *path, const char *cookie) {
  memset(l, 0, sizeof *l);
  l->fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int one = 1;
  if (l->fd < 0 || connect(l->fd, (void *)&to, sizeof to)) {
    perror("connect");
    return false;
  }
  setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  char asked[8192];
  int length = snprintf(asked, sizeof asked,
      "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nPragma: no-cache\r\nCache-Control: no-cache\r\n"
      "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36\r\n"
      "Upgrade: websocket\r\nOrigin: http://127.0.0.1:%d\r\nSec-WebSocket-Version: 13\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
      "Accept-Language: en-IN,en;q=0.9\r\n%s%s%sSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
      path, port, port, *cookie ? "Cookie: " : "", cookie, *cookie ? "\r\n" : "", OFFER);
  if (length >= (int)sizeof asked || send(l->fd, asked, (size_t)length, MSG_NOSIGNAL) != length) return false;
  char *end = NULL;
  while (!end) {
    struct pollfd wish = {.fd = l->fd, .events = POLLIN};
    if (poll(&wish, 1, 20000) <= 0 || read_some(l) <= 0) {
      fprintf(stderr, "the server closed or was silent in the handshake\n");
      return false;
    }
    l->in[l->held] = 0;
    end = strstr((char *)l->in, "\r\n\r\n");
  }
  if (strncmp((char *)l->in, "HTTP/1.1 101", 12) != 0) {
    fprintf(stderr, "the server answered: %.200s\n", (char *)l->in);
    return false;
  }
  *end = 0;
  take_extension(l, (char *)l->in);
  size_t head = (size_t)(end + 4 - (char *)l->in);
  memmove(l->in, l->in + head, l->held - head);
  l->held -= head;
  return true;
}
