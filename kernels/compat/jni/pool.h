/* Helper threads for a session, over POSIX threads. */
#ifndef ED_JNI_POOL_H
#define ED_JNI_POOL_H
#include <pthread.h>

#include "../../include/edge_deploy.h"

struct worker {
  struct pool *pool;
  uint32_t index;
  pthread_t thread;
};

/* Serves one session, and stays in its place while that is used. */
struct pool {
  struct ed_threads threads; /* for ed_session_init */
  struct worker *workers;
  uint32_t worker_count;
  pthread_mutex_t mutex;
  pthread_cond_t start, done;
  void (*task)(void *argument, uint32_t index);
  void *argument;
  uint32_t count, pending;
  uint64_t round;
  int stopping;
};

/* `count` threads in all, the caller's among them. 0, or an error number when the system gives none; then it is stopped. */
int pool_start(struct pool *pool, uint32_t count);
void pool_stop(struct pool *pool);

#endif
