#include "pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void *work(void *argument) {
  const struct worker *self = argument;
  struct pool *pool = self->pool;
  uint64_t seen = 0;
  pthread_mutex_lock(&pool->mutex);
  for (;;) {
    while (!pool->stopping && pool->round == seen) pthread_cond_wait(&pool->start, &pool->mutex);
    if (pool->stopping) break;
    seen = pool->round;
    /* A round ends when all who take part in it are done: nobody who does can miss one. */
    if (self->index >= pool->count) continue;
    void (*const task)(void *, uint32_t) = pool->task;
    void *const task_argument = pool->argument;
    pthread_mutex_unlock(&pool->mutex);
    task(task_argument, self->index);
    pthread_mutex_lock(&pool->mutex);
    if (--pool->pending == 0) pthread_cond_signal(&pool->done);
  }
  pthread_mutex_unlock(&pool->mutex);
  return NULL;
}

static void share(void *self, uint32_t count, void (*task)(void *argument, uint32_t index), void *argument) {
  struct pool *pool = self;
  if (count == 0) return;
  pthread_mutex_lock(&pool->mutex);
  pool->task = task;
  pool->argument = argument;
  pool->count = count;
  pool->pending = count - 1;
  pool->round++;
  if (count > 1) pthread_cond_broadcast(&pool->start);
  pthread_mutex_unlock(&pool->mutex);
  task(argument, 0);
  pthread_mutex_lock(&pool->mutex);
  while (pool->pending != 0) pthread_cond_wait(&pool->done, &pool->mutex);
  pthread_mutex_unlock(&pool->mutex);
}

int pool_start(struct pool *pool, uint32_t count) {
  memset(pool, 0, sizeof *pool);
  pool->threads = (struct ed_threads){count, share, pool};
  if (count <= 1) return 0;
  pool->workers = malloc((count - 1) * sizeof *pool->workers);
  if (pool->workers == NULL) return ENOMEM;
  /* With default attributes, on Linux and Android, these cannot fail. */
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->start, NULL);
  pthread_cond_init(&pool->done, NULL);
  for (uint32_t index = 1; index < count; index++) {
    struct worker *worker = &pool->workers[index - 1];
    *worker = (struct worker){.pool = pool, .index = index};
    const int error = pthread_create(&worker->thread, NULL, work, worker);
    if (error != 0) {
      pool_stop(pool);
      return error;
    }
    pool->worker_count++;
  }
  return 0;
}

void pool_stop(struct pool *pool) {
  if (pool->workers == NULL) return;
  pthread_mutex_lock(&pool->mutex);
  pool->stopping = 1;
  pthread_cond_broadcast(&pool->start);
  pthread_mutex_unlock(&pool->mutex);
  for (uint32_t index = 0; index < pool->worker_count; index++) pthread_join(pool->workers[index].thread, NULL);
  pthread_cond_destroy(&pool->done);
  pthread_cond_destroy(&pool->start);
  pthread_mutex_destroy(&pool->mutex);
  free(pool->workers);
  pool->workers = NULL;
}
