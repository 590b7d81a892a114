#ifndef ED_RUNNER_TIMING_H
#define ED_RUNNER_TIMING_H
#include "../include/edge_deploy.h"
#include "options.h"

/* One timed run, in nanoseconds. */
uint64_t timed_run(struct ed_session *session);

/* Warms up, then runs until the options are met; prints the "warmup", "samples" and "stop" events. */
void measure(struct ed_session *session, const struct options *options);

/* Prints raw samples, at most 1000 a line. */
void print_samples(const uint64_t *samples, size_t count);

/* Runs a few times with the step hook and prints one "step" event per step. */
void profile(struct ed_session *session);

#endif
