// What the generator is told: a text file, one thing a line, its fields parted by tabs. bench/room/script.py writes it.
//
//   port     number
//   path     request path of the WebSocket
//   protocol socketio | plain | bare      plain: no Engine.IO around the messages; bare: not even a joining message
//   pid      process whose CPU and memory are read
//   joined   words that the answer to a joining message must hold
//   refused  words that mark an answer as a refusal
//   kept     file to which the marks of acknowledged messages are written
//   seat     token, cookie, joining message           two lines make a room: who draws, who watches
//   template name, text                               a name may come again: its texts are sent in turn
//   phase    name, template, mode, rooms, senders, rate, seconds, patience
//
// Modes: loop (rate = messages in flight per sender), paced (rate = messages a second per sender), rest (nothing is sent),
// hold (wait for a line on standard input). `senders` is 1 (only who draws) or 2. `patience` is how many seconds may pass
// after the end until everything has arrived.
//
// In a text @S@ is the token of the seat, @M@ the mark, @I@ the mark without its "bn_", @A@ the number of the acknowledgement.
#ifndef SCRIPT_H
#define SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef enum { SOCKETIO, PLAIN, BARE } protocol;
typedef enum { LOOP, PACED, REST, HOLD } mode;

typedef struct {
  char *token, *cookie, *join;
} seat;

typedef struct {
  char *text;
  size_t length;
  char field;  // 0, or one of S M I A that follows the text
} piece;

typedef struct {
  piece *pieces;
  size_t count;
} message;

typedef struct {
  char *name;
  message *texts;
  size_t count;
} template;

typedef struct {
  char *name;
  const template *says;
  mode mode;
  int rooms, senders;
  double rate, seconds, patience;
} phase;

typedef struct {
  int port;
  char *path, *joined, *refused, *kept;
  protocol protocol;
  pid_t pid;
  seat *seats;
  size_t seat_count;
  template *templates;
  size_t template_count;
  phase *phases;
  size_t phase_count;
} script;

// Read a script; ends the program with a sentence where it makes no sense.
script script_read(const char *file);

#endif
