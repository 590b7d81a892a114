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

/* Everything there is, with `threads` and a file that is expected to be `size` long. Whether nothing failed. */
static int live(const char *path, uint32_t threads, uint64_t size) {
  struct predictor *predictor = predictor_create();
  if (predictor == NULL) return 0;
  const int error = predictor_read(predictor, path, size);
  int done = 0;
  if (error != 0) {
    check(error == ENOMEM, "a model without memory");
  } else if (predictor_open(predictor) != ED_OK) {
    check(0, "a model");
  } else {
    int status = predictor_start(predictor, threads, 0);
    for (uint32_t plan = 2; status == ED_OK && plan > 0; plan--) {
      const uint32_t before = predictor->session.plan;
      status = predictor_select(predictor, plan - 1);
      if (status == OUT_OF_MEMORY) check(predictor->session.plan == before, "a plan that stays");
      check(ed_session_run(&predictor->session) == ED_OK, "a run");
    }
    check(status == ED_OK || status == OUT_OF_MEMORY || status == OUT_OF_THREADS, "a status");
    done = status == ED_OK;
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
