#define _GNU_SOURCE
#include "script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *why, const char *what) {
  fprintf(stderr, "script: %s: %.120s\n", why, what);
  exit(2);
}

static void *grown(void *list, size_t count, size_t size) {
  if (count & (count - 1)) return list;  // room is doubled at powers of two
  void *more = realloc(list, (count ? count * 2 : 1) * size);
  if (!more) abort();
  return more;
}

// Cut a text at its @X@ fields.
static message compiled(const char *text) {
  message made = {0};
  while (*text) {
    const char *at = text;
    while (*at && !(at[0] == '@' && at[1] && strchr("SMIA", at[1]) && at[2] == '@')) at++;
    made.pieces = grown(made.pieces, made.count, sizeof *made.pieces);
    made.pieces[made.count++] = (piece){strndup(text, (size_t)(at - text)), (size_t)(at - text), *at ? at[1] : 0};
    text = *at ? at + 3 : at;
  }
  return made;
}

static template *template_named(script *s, const char *name, bool make) {
  for (size_t i = 0; i < s->template_count; i++)
    if (!strcmp(s->templates[i].name, name)) return &s->templates[i];
  if (!make) return NULL;
  if (s->phase_count) fail("templates stand before phases", name);
  s->templates = grown(s->templates, s->template_count, sizeof *s->templates);
  s->templates[s->template_count] = (template){.name = strdup(name)};
  return &s->templates[s->template_count++];
}

static mode mode_named(const char *word) {
  static const char *const words[] = {"loop", "paced", "rest", "hold"};
  for (int i = 0; i < 4; i++)
    if (!strcmp(words[i], word)) return (mode)i;
  fail("no such mode", word);
  return REST;
}

static void add_phase(script *s, char **f) {
  s->phases = grown(s->phases, s->phase_count, sizeof *s->phases);
  phase made = {.name = strdup(f[1]), .says = template_named(s, f[2], false), .mode = mode_named(f[3])};
  made.rooms = atoi(f[4]);
  made.senders = atoi(f[5]);
  made.rate = atof(f[6]);
  made.seconds = atof(f[7]);
  made.patience = atof(f[8]);
  if ((made.mode == LOOP || made.mode == PACED) && (!made.says || made.rate <= 0)) fail("a phase that says nothing", f[1]);
  if ((size_t)made.rooms * 2 > s->seat_count) fail("more rooms than seats", f[1]);
  s->phases[s->phase_count++] = made;
}

static void take(script *s, char **f, int count) {
  const char *key = f[0];
  if (!strcmp(key, "port")) s->port = atoi(f[1]);
  else if (!strcmp(key, "path")) s->path = strdup(f[1]);
  else if (!strcmp(key, "pid")) s->pid = (pid_t)atoi(f[1]);
  else if (!strcmp(key, "joined")) s->joined = strdup(f[1]);
  else if (!strcmp(key, "refused")) s->refused = strdup(f[1]);
  else if (!strcmp(key, "kept")) s->kept = strdup(f[1]);
  else if (!strcmp(key, "protocol")) s->protocol = !strcmp(f[1], "plain") ? PLAIN : !strcmp(f[1], "bare") ? BARE : SOCKETIO;
  else if (!strcmp(key, "seat") && count == 4) {
    s->seats = grown(s->seats, s->seat_count, sizeof *s->seats);
    s->seats[s->seat_count++] = (seat){strdup(f[1]), strdup(f[2]), strdup(f[3])};
  } else if (!strcmp(key, "template") && count == 3) {
    template *t = template_named(s, f[1], true);
    t->texts = grown(t->texts, t->count, sizeof *t->texts);
    t->texts[t->count++] = compiled(f[2]);
  } else if (!strcmp(key, "phase") && count == 9) add_phase(s, f);
  else fail("not understood", key);
}

script script_read(const char *file) {
  script s = {.path = "/", .joined = "", .refused = ""};
  FILE *from = fopen(file, "r");
  if (!from) fail("cannot be read", file);
  char *words = NULL;
  size_t room = 0;
  while (getline(&words, &room, from) > 0) {
    words[strcspn(words, "\n")] = 0;
    char *fields[9] = {0}, *rest = words;
    int count = 0;
    while (rest && count < 9) fields[count++] = strsep(&rest, "\t");
    if (*words && count >= 2) take(&s, fields, count);
  }
  free(words);
  fclose(from);
  if (!s.port || s.seat_count % 2) fail("needs a port and whole rooms", file);
  return s;
}
