#define _GNU_SOURCE
#include "timing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "fail.h"
#include "files.h"
#include "json.h"
#include "../core/file.h"

#define MAX_RUNS 1000000u
#define PROFILE_RUNS 10u

uint64_t timed_run(struct ed_session *session) {
  const uint64_t start = now();
  region_open();
  const enum ed_status status = ed_session_run(session);
  region_close();
  const uint64_t end = now();
  if (status != ED_OK) fail_status(status);
  return end - start;
}

static int compare(const void *a, const void *b) {
  const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

/*
 * Half the width of the median's 95 % interval, in per cent of the median. The bounds are order statistics n/2 ∓ 0.98·√n:
 * true for any distribution of run times. Infinite below six runs, where no such interval exists.
 */
static double interval_percent(const uint64_t *samples, size_t n, uint64_t *sorted) {
  if (n < 6) return INFINITY;
  memcpy(sorted, samples, n * sizeof *samples);
  qsort(sorted, n, sizeof *sorted, compare);
  const double reach = 0.98 * sqrt((double)n);
  const double low = floor((double)n / 2 - reach), high = ceil((double)n / 2 + reach);
  const uint64_t first = sorted[low < 1 ? 0 : (size_t)low - 1], last = sorted[high >= (double)n ? n - 1 : (size_t)high];
  const double median = ((double)sorted[(n - 1) / 2] + (double)sorted[n / 2]) / 2;
  return median > 0 ? 50.0 * (double)(last - first) / median : 0;
}

#define WARMUP_WINDOWS 10u
#define WINDOW_RUNS 4096u

/* The median of the runs that fill `length` nanoseconds, at least three of them; 0 when `end` comes first. */
static uint64_t window_median(struct ed_session *session, uint64_t *window, uint64_t length, uint64_t end, uint64_t *runs) {
  const uint64_t start = now();
  size_t n = 0;
  do {
    if (now() >= end) return 0;
    window[n++] = timed_run(session);
    ++*runs;
  } while (n < WINDOW_RUNS && (n < 3 || now() - start < length));
  qsort(window, n, sizeof *window, compare);
  return window[n / 2];
}

/* Runs until the medians of the last two windows differ by less than 1 %, or until the time is over, and says which. */
static void warm_up(struct ed_session *session, uint64_t limit) {
  static uint64_t window[WINDOW_RUNS];
  const uint64_t start = now();
  uint64_t runs = 0, before = 0;
  const char *reason = "max-time";
  for (;;) {
    const uint64_t median = window_median(session, window, limit / WARMUP_WINDOWS, start + limit, &runs);
    if (median == 0) break;
    const uint64_t difference = median > before ? median - before : before - median;
    if (before > 0 && difference * 100 < before) {
      reason = "settled";
      break;
    }
    before = median;
  }
  json_begin("warmup");
  json_text("reason", reason);
  json_integer("runs", runs);
  json_integer("ns", now() - start);
  json_end();
}

void print_samples(const uint64_t *samples, size_t count) {
  for (size_t i = 0; i < count; i += 1000) {
    json_begin("samples");
    json_integers("ns", samples + i, count - i < 1000 ? count - i : 1000);
    json_end();
  }
}

static void print_stop(const char *reason, size_t runs) {
  json_begin("stop");
  json_text("reason", reason);
  json_integer("runs", runs);
  json_end();
}

void measure(struct ed_session *session, const struct options *options) {
  if (options->warmup_ns > 0) warm_up(session, options->warmup_ns);
  /* Untouched pages take no memory, so that room for every possible sample costs nothing. */
  uint64_t *samples = allocate_pages(2 * MAX_RUNS * sizeof *samples), *sorted = samples + MAX_RUNS;
  const char *reason = "count";
  const uint64_t start = now();
  size_t runs = 0, next_look = 6;
  while (runs < MAX_RUNS) {
    samples[runs++] = timed_run(session);
    const uint64_t elapsed = now() - start;
    if (options->max_ns > 0 && elapsed >= options->max_ns) {
      reason = "max-time";
      break;
    }
    if (runs < options->min_runs || elapsed < options->min_ns) continue;
    if (options->interval == 0) break;
    /* Looking costs a sort: each look waits for a tenth more runs. */
    if (runs < next_look) continue;
    next_look = runs + runs / 10 + 1;
    if (interval_percent(samples, runs, sorted) <= options->interval) {
      reason = "interval";
      break;
    }
  }
  print_samples(samples, runs);
  print_stop(reason, runs);
}

struct profile {
  uint32_t run;
  uint64_t start;
  uint64_t *ns; /* [step][PROFILE_RUNS] */
  struct ed_step_info *steps;
};

static void on_step(void *context, const struct ed_step_info *step, int finished) {
  struct profile *profile = context;
  if (!finished) {
    profile->start = now();
    return;
  }
  profile->ns[(size_t)step->index * PROFILE_RUNS + profile->run] = now() - profile->start;
  profile->steps[step->index] = *step;
}

/* Thousands of multiply-accumulates of each step stand in the file, beside the record. */
static uint64_t macs_of(const struct ed_session *session, uint32_t index) {
  const unsigned char *bytes = session->model->bytes, *at = bytes + ed_file_plans((const void *)bytes)[session->plan].steps;
  while (index-- > 0) at += ed_step_bytes((const void *)at);
  return (uint64_t)((const struct ed_file_step *)(const void *)at)->kilomacs * 1024;
}

void profile(struct ed_session *session) {
  const uint32_t count = session->step_count;
  struct profile profile = {0};
  profile.ns = allocate_pages((uint64_t)count * PROFILE_RUNS * sizeof *profile.ns);
  profile.steps = allocate_pages((uint64_t)count * sizeof *profile.steps);
  ed_session_on_step(session, on_step, &profile);
  for (; profile.run < PROFILE_RUNS; profile.run++) ed_session_run(session);
  ed_session_on_step(session, NULL, NULL);
  for (uint32_t i = 0; i < count; i++) {
    json_begin("step");
    json_integer("index", i);
    json_text("name", profile.steps[i].name);
    json_text("step", profile.steps[i].step);
    json_text("kernel", profile.steps[i].kernel);
    json_integer("macs", macs_of(session, i));
    json_integers("ns", profile.ns + (size_t)i * PROFILE_RUNS, PROFILE_RUNS);
    json_end();
  }
}
