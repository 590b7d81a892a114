#define _GNU_SOURCE
/*
 * Predictors when the system gives no more: every request for memory or a thread fails once. Built with sanitizers, which also
 * see what is not freed. Prints what was found to be wrong.
 *
 *   check-predictor MODEL
 *
 * MODEL has two plans.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The request that fails, counted down. */
static long until_failure;

static void *scarce_malloc(size_t size) { return until_failure-- == 0 ? NULL : malloc(size); }
static void *scarce_calloc(size_t count, size_t size) { return until_failure-- == 0 ? NULL : calloc(count, size); }
static int scarce_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
  return until_failure-- == 0 ? EAGAIN : pthread_create(thread, attributes, start, argument);
}

#include "../../../kernels/include/edge_deploy/power_mode.h"

/* A machine of three cores, whatever this one has. */
static void three_cores(struct ed_cores *cores) {
  *cores = (struct ed_cores){.count = 3, .big_count = 3, .ids = {0, 1, 2}, .bindable = 1};
}

#define ed_cores_read(cores, root) three_cores(cores)
#define malloc scarce_malloc
#define calloc scarce_calloc
#define pthread_create scarce_create
#include "../../../kernels/compat/jni/pool.c"
#include "../../../kernels/compat/jni/predictor.c"
#undef malloc

static int wrong;

static void check(int ok, const char *what) {
  if (ok) return;
  wrong++;
  printf("wrong: %s\n", what);
}

/* The core of all of them that a thread may still use, as far as this machine has it. */
static void check_binding(const struct predictor *predictor, const cpu_set_t *before) {
  cpu_set_t now, expected;
  CPU_ZERO(&expected);
  for (int core = 0; core < (int)predictor->binding.threads; core++) {
    if (CPU_ISSET(core, before)) CPU_SET(core, &expected);
  }
  if (CPU_COUNT(&expected) == 0) expected = *before;
  check(sched_getaffinity(0, sizeof now, &now) == 0 && CPU_EQUAL(&now, &expected), "the cores of the calling thread");
}

/* Everything there is, with `threads` and a file that is expected to be `size` long. Whether nothing failed. */
static int live(const char *path, uint32_t threads, uint64_t size) {
  struct predictor *predictor = predictor_create();
  if (predictor == NULL) return 0;
  const int error = predictor_read(predictor, path, size);
  int done = 0;
  cpu_set_t before;
  sched_getaffinity(0, sizeof before, &before);
  if (error != 0) {
    check(error == ENOMEM, "a model without memory");
  } else if (predictor_open(predictor) != ED_OK) {
    check(0, "a model");
  } else {
    int status = predictor_start(predictor, threads, ED_POWER_FULL);
    for (uint32_t plan = 2; status == ED_OK && plan > 0; plan--) {
      const uint32_t before = predictor->session.plan;
      status = predictor_select(predictor, plan - 1);
      if (status == OUT_OF_MEMORY) check(predictor->session.plan == before, "a plan that stays");
      check(predictor_run(predictor) == ED_OK, "a run");
    }
    check(status == ED_OK || status == OUT_OF_MEMORY || status == OUT_OF_THREADS, "a status");
    done = status == ED_OK;
    if (done) check(predictor->binding.threads == threads, "threads");
    if (done) check_binding(predictor, &before);
    sched_setaffinity(0, sizeof before, &before);
  }
  predictor_destroy(predictor);
  return done;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  const uint64_t sizes[] = {0, 5, 1 << 20, UINT64_MAX};
  for (size_t i = 0; i < 3; i++) {
    long request = 0;
    for (; until_failure = request, !live(argv[1], 3, sizes[i]); request++) check(request < 100, "an end");
    /* Predictor, bytes, workers, two threads, arena, two changes of plan. */
    check(request >= 8, "requests");
  }
  until_failure = 1000;
  check(!live(argv[1], 1, sizes[3]), "a file of no such size");
  struct predictor *predictor = predictor_create();
  check(predictor_read(predictor, "/no/such/file", 5) == ENOENT, "no file");
  check(predictor_read(predictor, "/", 5) == EISDIR, "a folder");
  predictor_destroy(predictor);
  printf("%d wrong\n", wrong);
  return wrong != 0;
}
