/*
 * Helper threads. Steps follow each other within microseconds, so a helper spins for a while before it goes to sleep; the
 * caller wakes sleepers only when there are some.
 */
#define _GNU_SOURCE
#include "pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>

#include "fail.h"

#define MAX_THREADS 64
#define SPINS 20000

static struct {
  struct ed_threads interface;
  void (*task)(void *argument, uint32_t index);
  void *argument;
  uint32_t count;
  atomic_uint next;        /* the next index to be taken */
  atomic_uint busy;        /* helpers that have not finished this round */
  atomic_uint round;       /* raised by the caller: there is work */
  atomic_uint sleepers;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
} pool = {.mutex = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static void relax(uint32_t spin) {
#if defined(__aarch64__) || defined(__arm__)
  __asm__ volatile("yield");
#elif defined(__x86_64__)
  __asm__ volatile("pause");
#endif
  if (spin % 256 == 255) sched_yield();
}

static void take_tasks(void) {
  for (uint32_t i; (i = atomic_fetch_add(&pool.next, 1)) < pool.count;) pool.task(pool.argument, i);
}

static void await_round(unsigned last) {
  for (uint32_t spin = 0; spin < SPINS; spin++) {
    if (atomic_load(&pool.round) != last) return;
    relax(spin);
  }
  pthread_mutex_lock(&pool.mutex);
  atomic_fetch_add(&pool.sleepers, 1);
  while (atomic_load(&pool.round) == last) pthread_cond_wait(&pool.wake, &pool.mutex);
  atomic_fetch_sub(&pool.sleepers, 1);
  pthread_mutex_unlock(&pool.mutex);
}

static void *help(void *unused) {
  (void)unused;
  for (unsigned round = 0;; round++) {
    await_round(round);
    take_tasks();
    atomic_fetch_sub(&pool.busy, 1);
  }
  return NULL;
}

static void run(void *self, uint32_t count, void (*task)(void *argument, uint32_t index), void *argument) {
  (void)self;
  pool.task = task;
  pool.argument = argument;
  pool.count = count;
  atomic_store(&pool.next, 0);
  atomic_store(&pool.busy, pool.interface.count - 1);
  atomic_fetch_add(&pool.round, 1);
  if (atomic_load(&pool.sleepers) > 0) {
    pthread_mutex_lock(&pool.mutex);
    pthread_cond_broadcast(&pool.wake);
    pthread_mutex_unlock(&pool.mutex);
  }
  take_tasks();
  for (uint32_t spin = 0; atomic_load(&pool.busy) > 0; spin++) relax(spin);
}

const struct ed_threads *pool_start(uint32_t count) {
  if (count <= 1) return NULL;
  if (count > MAX_THREADS) fail(EXIT_USAGE, "USAGE", "--threads: at most %d", MAX_THREADS);
  pool.interface = (struct ed_threads){count, run, NULL};
  for (uint32_t i = 1; i < count; i++) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, help, NULL) != 0) fail(EXIT_PROGRAM, "THREADS", "cannot start %u threads", count);
    pthread_detach(thread);
  }
  return &pool.interface;
}
