/* A model and a session in memory of their own: what a handle of Native.java stands for. Knows nothing of Java. */
#ifndef ED_JNI_PREDICTOR_H
#define ED_JNI_PREDICTOR_H
#include "../../include/edge_deploy/power_mode.h"
#include "pool.h"

/* Beside the values of enum ed_status. */
#define OUT_OF_MEMORY (-1)
#define OUT_OF_THREADS (-2)

/* Memory whose first byte used is at a multiple of 64. */
struct aligned {
  void *allocation;
  unsigned char *data;
  size_t size;
};

struct predictor {
  struct aligned bytes, arena;
  struct ed_model model;
  struct pool pool;
  struct ed_session session;
  struct ed_cores cores;
  struct ed_binding binding;
  /* Runs, for the power modes that count them. */
  uint32_t calls;
};

/* NULL without memory. All functions below take what this returns. */
struct predictor *predictor_create(void);
void predictor_destroy(struct predictor *predictor);

/* Reads the model's bytes from a file; `size` is what they are expected to be. 0, or errno: ENOMEM without memory. */
int predictor_read(struct predictor *predictor, const char *path, uint64_t size);

/* Makes room for `size` bytes of a model, which the caller writes to bytes.data. False without memory. */
int predictor_reserve(struct predictor *predictor, size_t size);

/* Checks the bytes: enum ed_status. */
int predictor_open(struct predictor *predictor);

/* Whether the bytes, which predictor_open refused, look like a model of Paddle-Lite. */
int predictor_is_naive_buffer(const struct predictor *predictor);

/*
 * Makes threads, arena and session, in plan 0: enum ed_status, OUT_OF_MEMORY or OUT_OF_THREADS. Once. There are no more threads
 * than cores of the power mode's kind; every mode but NO_BIND binds them and the calling thread to these.
 */
int predictor_start(struct predictor *predictor, uint32_t threads, enum ed_power_mode mode);

/*
 * Changes to another plan: enum ed_status or OUT_OF_MEMORY, which changes nothing. Inputs whose shape stays keep what they
 * hold; other inputs and the outputs become zero.
 */
int predictor_select(struct predictor *predictor, uint32_t plan);

/* Computes the outputs: enum ed_status. The calling thread is bound before, and stays bound, as in Paddle-Lite. */
int predictor_run(struct predictor *predictor);

#endif
