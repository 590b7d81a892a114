#ifndef ED_CHECK_H
#define ED_CHECK_H
/* What the parts of the kernel check share: TAP lines, random values, and memory that ends where a forbidden page begins. */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../../kernels/core/activation.h"
#include "../../kernels/core/kernels.h"
#include "../../kernels/core/op.h"
#include "../../kernels/core/program.h"

struct path {
  const char *name;
  uint32_t index;
  struct ed_kernels kernels;
};

/* One TAP line. */
__attribute__((format(printf, 2, 3))) void ok(bool passed, const char *format, ...);

/* The same numbers on every machine. */
uint32_t next_random(void);
int random_between(int low, int high);
float random_float(void); /* in [−1, 1) */

/*
 * `bytes` bytes, all 0xff (as a float a NaN), directly before a page that cannot be touched. A slot holds one such block
 * at a time.
 */
enum slot { SLOT_X, SLOT_W, SLOT_BIAS, SLOT_START, SLOT_SCALE, SLOT_Y, SLOT_RESIDUAL, SLOT_SCRATCH, SLOT_COUNT };
void *guarded(enum slot slot, size_t bytes);
/* True when nothing was written directly before the block last taken from the slot. */
bool intact(enum slot slot);

bool untouched(const void *from, size_t bytes); /* all 0xff still */

/* |got − want| ≤ bound; false for NaN. */
bool near_to(double got, double want, double bound);

/* Sums of floats may differ from the exact ones by this times the sum of magnitudes. */
#define F32_BOUND 1e-5

/* A context by hand. Offsets of operands come from put, those of the last block of each memory from put_last. */
struct stage {
  struct ed_check check;
  struct ed_context context;
  unsigned char *arena, *constants, *before;
};

size_t put(uint64_t *at, size_t bytes);
/* Rounds the memory up to 64 bytes with the block at its very end. */
size_t put_last(uint64_t *at, size_t bytes);
/* Takes memory of the sizes in stage->check. */
void open_stage(struct stage *stage, const struct path *path);
/* Scratch of exactly the size that was asked for, and `threads` threads that run their tasks last one first. */
void prepare(struct stage *stage, uint32_t threads);
/* Forgets the write of `bytes` bytes at an offset of the arena, which was allowed. */
void allow(struct stage *stage, uint64_t offset, size_t bytes);
/* True when the run wrote nothing that was not allowed. Frees the memory. */
bool close_stage(struct stage *stage);
/* Frees the memory of a stage that did not run. */
void drop_stage(struct stage *stage);

/* The activation with this number of a short list, and by definition. */
struct ed_activate activation_of(unsigned number);
double activate(struct ed_activate f, double v);

void check_tiles(const struct path *path);
void check_vectors(const struct path *path);
void check_conv2d(const struct path *path);
void check_depthwise(const struct path *path);
void check_quantize(const struct path *path);

#endif
