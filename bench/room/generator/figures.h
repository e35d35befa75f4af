// What is counted: latencies of a phase, CPU and memory of other processes.
#ifndef FIGURES_H
#define FIGURES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct {
  uint32_t *tenths;  // tenths of a microsecond
  size_t count, room;
} latencies;

uint64_t now_ns(void);
double cpu_seconds(pid_t pid);  // the process' CPU clock, all its threads; 0 when it is gone
double own_cpu_seconds(void);
long resident_kb(pid_t pid);

void latency_add(latencies *l, uint64_t ns);
void latency_sort(latencies *l);
double latency_ms(const latencies *l, double share);  // after latency_sort; 0 when empty

#endif
