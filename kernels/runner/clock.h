#ifndef ED_RUNNER_CLOCK_H
#define ED_RUNNER_CLOCK_H
#include <stdint.h>
#include <time.h>

/* CLOCK_MONOTONIC in nanoseconds. */
static inline uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/*
 * No-ops that tell the instruction counter (a QEMU plugin) where the measured region begins and ends; they cost one
 * instruction on real hardware.
 */
static inline void region_open(void) {
#if defined(__aarch64__)
  __asm__ volatile("hint #112" ::: "memory");
#elif defined(__arm__)
  __asm__ volatile(".inst 0xe320f070" ::: "memory");
#endif
}

static inline void region_close(void) {
#if defined(__aarch64__)
  __asm__ volatile("hint #120" ::: "memory");
#elif defined(__arm__)
  __asm__ volatile(".inst 0xe320f078" ::: "memory");
#endif
}

#endif
