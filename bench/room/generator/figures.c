#define _GNU_SOURCE
#include "figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static double seconds_of(clockid_t clock) {
  struct timespec t;
  return clock_gettime(clock, &t) ? 0 : (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double cpu_seconds(pid_t pid) {
  clockid_t clock;
  return pid <= 0 || clock_getcpuclockid(pid, &clock) ? 0 : seconds_of(clock);
}

double own_cpu_seconds(void) { return seconds_of(CLOCK_PROCESS_CPUTIME_ID); }

long resident_kb(pid_t pid) {
  char name[64], words[256];
  long found = 0;
  snprintf(name, sizeof name, "/proc/%d/status", (int)pid);
  FILE *file = fopen(name, "r");
  if (!file) return 0;
  while (fgets(words, sizeof words, file))
    if (!strncmp(words, "VmRSS:", 6)) found = atol(words + 6);
  fclose(file);
  return found;
}

void latency_add(latencies *l, uint64_t ns) {
  if (l->count == l->room) {
    l->room = l->room ? l->room * 2 : 65536;
    l->tenths = realloc(l->tenths, l->room * sizeof *l->tenths);
    if (!l->tenths) abort();
  }
  uint64_t tenths = ns / 100;
  l->tenths[l->count++] = tenths > UINT32_MAX ? UINT32_MAX : (uint32_t)tenths;
}

static int ascending(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

void latency_sort(latencies *l) {
  if (l->count) qsort(l->tenths, l->count, sizeof *l->tenths, ascending);
}

double latency_ms(const latencies *l, double share) {
  if (!l->count) return 0;
  size_t at = (size_t)((double)l->count * share);
  return l->tenths[at < l->count ? at : l->count - 1] / 10000.0;
}
