// The load generator of bench/room: two-person rooms over WebSocket, one process, one epoll. `load SCRIPT`, see script.h.
//
// For each phase it prints one line of JSON: what was sent, arrived, was acknowledged, refused, lost or out of order, how long it
// took, and what CPU the server used by its own clock. A mark (bn_ and 19 hexadecimal digits) travels in each message: number,
// time and sender; it is found again in what the other seat hears and in acknowledgements.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "figures.h"
#include "line.h"
#include "script.h"

enum { MARK_CHARS = 22, TIMER = UINT32_MAX, LONGEST = 1 << 18 };
static const uint64_t STALLED_NS = 1500000000ull, QUIET_NS = 150000000ull, MOST_QUIET_NS = 8000000000ull, TIME_WRAP = 1ull << 36;

typedef struct {
  line line;
  uint32_t number;      // even: who draws; odd: who watches; the same room beside each other
  uint32_t seq;         // of the last message sent
  uint32_t before;      // seq when the phase began: what is older is late
  uint32_t heard, answered;  // newest of this person's seqs that the other seat heard, that the server acknowledged
  uint32_t in_flight;
  uint64_t progress;
  char *told;           // last message, while joining
} person;

static struct {
  uint64_t sent, asked, heard, acknowledged, refused, abandoned, late, out_of_order, heard_in_time;
  latencies relay, answer;
  bool sending, timing;
} tally;

static script plan;
static person *people;
static const phase *current;
static FILE *kept;
static int epoll, ticker;
static uint64_t last_heard;  // by anyone

static void say(person *p) {
  static char text[LONGEST];
  const template *t = current->says;
  const message *m = &t->texts[p->seq % t->count];
  size_t length = 0;
  uint32_t seq = ++p->seq & 0xffffff;
  char mark[MARK_CHARS + 1];
  snprintf(mark, sizeof mark, "bn_%06x%09llx%04x", seq, (unsigned long long)(now_ns() / 100 % TIME_WRAP), p->number & 0xffff);
  for (size_t i = 0; i < m->count; i++) {
    const piece *part = &m->pieces[i];
    memcpy(text + length, part->text, part->length);
    length += part->length;
    const char *token = plan.seats[p->number].token;
    switch (part->field) {
      case 'S': length += (size_t)sprintf(text + length, "%s", token); break;
      case 'M': length += (size_t)sprintf(text + length, "%s", mark); break;
      case 'I': length += (size_t)sprintf(text + length, "%s", mark + 3); break;
      case 'A':
        length += (size_t)sprintf(text + length, "%u", seq);
        tally.asked++;
        break;
      default: break;
    }
    if (length > LONGEST / 2) abort();
  }
  tally.sent++;
  p->in_flight++;
  line_say(&p->line, text, length);
}

static uint64_t hexadecimal(const unsigned char *from, int digits) {
  uint64_t value = 0;
  for (int i = 0; i < digits; i++) {
    unsigned char c = from[i];
    if (c >= '0' && c <= '9') value = value << 4 | (uint64_t)(c - '0');
    else if (c >= 'a' && c <= 'f') value = value << 4 | (uint64_t)(c - 'a' + 10);
    else return UINT64_MAX;
  }
  return value;
}

// A mark was seen: by the other seat (relay), or in the sender's acknowledgement.
static void marked(person *sender, const unsigned char *mark, bool relay, bool refused) {
  uint64_t seq = hexadecimal(mark + 3, 6), at = hexadecimal(mark + 9, 9), now = now_ns();
  if (seq == UINT64_MAX || at == UINT64_MAX) return;
  if (seq <= sender->before) {
    tally.late++;
    return;
  }
  uint64_t took = (now / 100 % TIME_WRAP + TIME_WRAP - at) % TIME_WRAP * 100;
  uint32_t *newest = relay ? &sender->heard : &sender->answered;
  if (seq <= *newest) tally.out_of_order++;
  *newest = (uint32_t)seq;
  if (!relay) {
    if (refused) return;
    tally.acknowledged++;
    if (tally.timing) latency_add(&tally.answer, took);
    if (kept) fprintf(kept, "%s %.*s\n", plan.seats[sender->number].token, MARK_CHARS, mark);
    return;
  }
  tally.heard++;
  if (sender->in_flight) sender->in_flight--;
  sender->progress = now;
  if (tally.timing) {
    tally.heard_in_time++;
    latency_add(&tally.relay, took);
  }
  if (tally.sending && current->mode == LOOP) say(sender);
}

static void hear(void *context, const unsigned char *text, size_t length) {
  person *p = context;
  if (!current) return;
  last_heard = now_ns();
  bool answer = plan.protocol == SOCKETIO && length > 2 && text[0] == '4' && text[1] == '3';
  bool refused = answer && *plan.refused && memmem(text, length, plan.refused, strlen(plan.refused));
  if (refused && tally.refused++ == 0) fprintf(stderr, "refused: %.*s\n", (int)(length > 300 ? 300 : length), text);
  person *sender = answer ? p : &people[p->number ^ 1];
  const unsigned char *at = text, *end = text + length;
  bool found = false;
  while ((at = memmem(at, (size_t)(end - at), "bn_", 3)) && end - at >= MARK_CHARS) {
    marked(sender, at, !answer, refused);
    found = true;
    at += MARK_CHARS;
  }
  if (answer && !found && !refused) tally.acknowledged++;
}

static void note(void *context, const unsigned char *text, size_t length) {
  person *p = context;
  free(p->told);
  p->told = strndup((const char *)text, length);
}

// Wait for a message that begins so and holds that; true when it came.
static bool awaited(person *p, const char *begins, const char *holds) {
  for (;;) {
    free(p->told);
    p->told = NULL;
    if (!line_wait(&p->line, note, p)) return false;
    if (!p->told || strncmp(p->told, begins, strlen(begins)) != 0) continue;
    if (strstr(p->told, holds)) return true;
    if (*begins) {
      fprintf(stderr, "not let in: %.300s\n", p->told);
      return false;
    }
  }
}

static void join(person *p) {
  const seat *s = &plan.seats[p->number];
  bool in = line_open(&p->line, plan.port, plan.path, s->cookie);
  if (in && plan.protocol == SOCKETIO) {
    in = awaited(p, "0", "sid");
    line_say(&p->line, "40", 2);
    in = in && awaited(p, "4", "40{");
  }
  if (in && plan.protocol != BARE && *s->join) {
    line_say(&p->line, s->join, strlen(s->join));
    in = awaited(p, plan.protocol == SOCKETIO ? "43" : "", plan.joined);
  }
  if (!in) {
    fprintf(stderr, "seat %u could not be taken\n", p->number);
    exit(1);
  }
  free(p->told);
  p->told = NULL;
}

static void service(int patience_ms) {
  struct epoll_event ready[256];
  int count = epoll_wait(epoll, ready, 256, patience_ms);
  for (int i = 0; i < count; i++) {
    uint32_t number = ready[i].data.u32;
    if (number == TIMER) {
      uint64_t ticks;
      if (read(ticker, &ticks, sizeof ticks) < 0) continue;
    } else if (!line_hear(&people[number].line, hear, &people[number])) {
      epoll_ctl(epoll, EPOLL_CTL_DEL, people[number].line.fd, NULL);
    }
  }
  for (size_t i = 0; i < plan.seat_count; i++)
    if (people[i].line.waiting) line_flush(&people[i].line);
}

static size_t closed_lines(void) {
  size_t closed = 0;
  for (size_t i = 0; i < plan.seat_count; i++) closed += people[i].line.closed;
  return closed;
}

static void take_seats(void) {
  double cpu = cpu_seconds(plan.pid);
  long memory = resident_kb(plan.pid);
  uint64_t started = now_ns();
  people = calloc(plan.seat_count, sizeof *people);
  for (size_t i = 0; i < plan.seat_count; i++) {
    people[i].number = (uint32_t)i;
    join(&people[i]);
    struct epoll_event wish = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
    epoll_ctl(epoll, EPOLL_CTL_ADD, people[i].line.fd, &wish);
    if (i % 16 == 0) service(0);  // those who came first are pinged meanwhile
  }
  double each = plan.seat_count ? (double)plan.seat_count : 1;
  printf("{\"phase\":\"connect\",\"sockets\":%zu,\"closed\":%zu,\"seconds\":%.3f,\"cpu_ms_each\":%.3f,\"rss_before_kb\":%ld,"
         "\"rss_after_kb\":%ld,\"deflate\":%d}\n",
         plan.seat_count, closed_lines(), (double)(now_ns() - started) / 1e9, (cpu_seconds(plan.pid) - cpu) * 1e3 / each, memory,
         resident_kb(plan.pid), plan.seat_count && people[0].line.deflates);
  fflush(stdout);
}

static person *sender_of(uint64_t turn) {
  uint64_t size = (uint64_t)current->rooms * (uint64_t)current->senders;
  uint64_t place = turn % size;
  return &people[current->senders == 1 ? place * 2 : place];
}

static void wake_at(uint64_t due) {
  struct itimerspec when = {.it_value = {(time_t)(due / 1000000000ull), (long)(due % 1000000000ull)}};
  timerfd_settime(ticker, TFD_TIMER_ABSTIME, &when, NULL);
}

// In a closed loop a lost message would silence its room for good: give it up after a while and start the room anew.
static void revive(uint64_t now) {
  uint64_t count = (uint64_t)current->rooms * (uint64_t)current->senders;
  for (uint64_t i = 0; i < count; i++) {
    person *p = sender_of(i);
    if (!p->in_flight || now - p->progress < STALLED_NS) continue;
    tally.abandoned += p->in_flight;
    p->in_flight = 0;
    p->before = p->seq;
    p->progress = now;
    for (int n = 0; n < (int)current->rate; n++) say(p);
  }
}

static void send_for_a_while(uint64_t end) {
  uint64_t senders = (uint64_t)current->rooms * (uint64_t)current->senders, begun = now_ns(), checked = begun, turn = 0;
  double step = 1e9 / (current->rate * (double)(senders ? senders : 1));
  if (current->mode == LOOP)
    for (uint64_t i = 0; i < senders * (uint64_t)current->rate; i++) {
      sender_of(i)->progress = begun;
      say(sender_of(i));
    }
  for (uint64_t now = begun; now < end; now = now_ns()) {
    if (current->mode == PACED) {
      uint64_t due;
      while ((due = begun + (uint64_t)((double)turn * step)) <= now) say(sender_of(turn++));
      wake_at(due < end ? due : end);
    } else {
      wake_at(end);
      if (current->mode == LOOP && now - checked > 250000000ull) {
        checked = now;
        revive(now);
      }
    }
    service(100);
  }
}

static void report(double seconds, double cpu, double own) {
  uint64_t missing = tally.sent - tally.heard;
  char each[32] = "Infinity";  // nothing arrived in time
  if (tally.heard_in_time) snprintf(each, sizeof each, "%.3f", cpu * 1e6 / (double)tally.heard_in_time);
  latency_sort(&tally.relay);
  latency_sort(&tally.answer);
  printf("{\"phase\":\"%s\",\"seconds\":%.3f,\"sent\":%llu,\"heard\":%llu,\"acknowledged\":%llu,\"refused\":%llu,\"lost\":%llu,"
         "\"late\":%llu,\"out_of_order\":%llu,\"closed\":%zu,\"per_second\":%.1f,\"cpu_us\":%s,\"cpu_seconds\":%.5f,"
         "\"p50_ms\":%.4f,\"p99_ms\":%.4f,\"max_ms\":%.4f,\"answer_p50_ms\":%.4f,\"answer_p99_ms\":%.4f,\"answer_max_ms\":%.4f,"
         "\"generator\":%.3f,\"rss_kb\":%ld}\n",
         current->name, seconds, (unsigned long long)tally.sent, (unsigned long long)tally.heard,
         (unsigned long long)tally.acknowledged, (unsigned long long)tally.refused, (unsigned long long)missing,
         (unsigned long long)tally.late, (unsigned long long)tally.out_of_order, closed_lines(),
         (double)tally.heard_in_time / seconds, each, cpu,
         latency_ms(&tally.relay, 0.5), latency_ms(&tally.relay, 0.99), latency_ms(&tally.relay, 1), latency_ms(&tally.answer, 0.5),
         latency_ms(&tally.answer, 0.99), latency_ms(&tally.answer, 1), own / seconds, resident_kb(plan.pid));
  fflush(stdout);
}

// What an overloaded server still has to say must not fall into the next phase.
static void settle(void) {
  uint64_t begun = now_ns();
  last_heard = begun;
  for (uint64_t now = begun; now - last_heard < QUIET_NS && now - begun < MOST_QUIET_NS; now = now_ns()) {
    wake_at(now + 20000000ull);
    service(20);
  }
}

static void run(const phase *p) {
  current = p;
  if (p->mode == HOLD) {
    char words[16];
    printf("{\"phase\":\"%s\"}\n", p->name);
    fflush(stdout);
    // The server pings meanwhile; the one who holds us does so for less than its patience.
    if (!fgets(words, sizeof words, stdin)) exit(0);
    return;
  }
  settle();
  free(tally.relay.tenths);
  free(tally.answer.tenths);
  memset(&tally, 0, sizeof tally);
  for (size_t i = 0; i < plan.seat_count; i++) {
    people[i].before = people[i].heard = people[i].answered = people[i].seq;
    people[i].in_flight = 0;
  }
  tally.sending = tally.timing = true;
  double cpu = cpu_seconds(plan.pid), own = own_cpu_seconds();
  uint64_t begun = now_ns();
  send_for_a_while(begun + (uint64_t)(p->seconds * 1e9));
  uint64_t ended = now_ns();
  cpu = cpu_seconds(plan.pid) - cpu;
  own = own_cpu_seconds() - own;
  tally.sending = false;
  // Paced messages that are under way count with their true latency; a closed loop's tail would only measure the stop.
  if (p->mode == LOOP) tally.timing = false;
  uint64_t in_time = tally.heard_in_time, patience = ended + (uint64_t)(p->patience * 1e9);
  while (now_ns() < patience && (tally.heard + tally.abandoned < tally.sent ||
                                  tally.acknowledged + tally.refused + tally.abandoned < tally.asked)) {
    wake_at(now_ns() + 20000000ull);
    service(20);
  }
  tally.heard_in_time = in_time;
  report((double)(ended - begun) / 1e9, cpu, own);
}

int main(int count, char **words) {
  if (count != 2) {
    fprintf(stderr, "usage: load SCRIPT\n");
    return 2;
  }
  plan = script_read(words[1]);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (plan.kept && !(kept = fopen(plan.kept, "w"))) {
    perror(plan.kept);
    return 2;
  }
  epoll = epoll_create1(0);
  ticker = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  struct epoll_event wish = {.events = EPOLLIN, .data.u32 = TIMER};
  epoll_ctl(epoll, EPOLL_CTL_ADD, ticker, &wish);
  take_seats();
  for (size_t i = 0; i < plan.phase_count; i++) run(&plan.phases[i]);
  if (kept) fclose(kept);
  return 0;
}
