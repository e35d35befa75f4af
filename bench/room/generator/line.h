// One WebSocket line of the load generator: connects as a browser does, frames, masks, and speaks permessage-deflate where the server takes it.
#ifndef LINE_H
#define LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <zlib.h>

typedef struct {
  int fd;
  bool closed;
  unsigned char *in;   // bytes that arrived and are not yet a whole frame
  size_t held, in_room;
  unsigned char *out;  // bytes the kernel did not take yet
  size_t waiting, out_room;
  bool deflates, fresh_out, fresh_in;  // negotiated compression; "fresh" = no context is taken over
  int window_bits;
  z_stream *packer, *unpacker;
} line;

// Called with each whole text message.
typedef void (*hearer)(void *context, const unsigned char *text, size_t length);

// Connect to 127.0.0.1 and shake hands with the headers of a browser. Returns false, with a sentence on stderr, when refused.
bool line_open(line *l, int port, const char *path, const char *cookie);

// Send one text message. Never blocks: what the kernel does not take waits in `out`.
void line_say(line *l, const char *text, size_t length);

// Hand over what waits.
void line_flush(line *l);

// Read what is there and pass whole messages on. Returns false when the other end has closed.
bool line_hear(line *l, hearer hear, void *context);

// Like line_hear, but waits until something came (for the handshake) or 20 s have passed.
bool line_wait(line *l, hearer hear, void *context);

#endif
