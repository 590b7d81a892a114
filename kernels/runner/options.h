#ifndef ED_RUNNER_OPTIONS_H
#define ED_RUNNER_OPTIONS_H
#include <stdbool.h>
#include <stdint.h>

#define MAX_BINDINGS 256

/* NAME=FILE of --input or --output, NAME=1x3x48x192 of --shape. */
struct binding {
  const char *name, *value;
};

struct options {
  const char *program;
  struct binding inputs[MAX_BINDINGS], outputs[MAX_BINDINGS], shapes[MAX_BINDINGS];
  uint32_t input_count, output_count, shape_count;
  uint32_t threads;
  uint64_t warmup_ns, min_runs, min_ns, max_ns; /* warmup_ns: at most; max_ns 0: no limit */
  double interval;                              /* per cent of the median; 0: stop at min_runs and min_ns */
  uint64_t samples;                             /* 0: inputs hold one sample */
  bool profile, info;
};

/* Reads the command line; ends with a usage error when it does not understand it. argv's strings are changed. */
struct options read_options(int argc, char **argv);

#endif
