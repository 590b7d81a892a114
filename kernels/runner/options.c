#include "options.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"

#define NS_PER_MS 1000000u
#define MOST_MS 86400000u

static double number(const char *option, const char *text, double least, double most) {
  char *end;
  errno = 0;
  const double value = strtod(text, &end);
  if (end == text || *end || errno || !(value >= least && value <= most))
    fail(EXIT_USAGE, "USAGE", "%s: '%s' is not a number from %.15g to %.15g", option, text, least, most);
  return value;
}

static uint64_t whole(const char *option, const char *text, double least, double most) {
  const double value = number(option, text, least, most);
  if (value != floor(value)) fail(EXIT_USAGE, "USAGE", "%s: '%s' is not a whole number", option, text);
  return (uint64_t)value;
}

/* The first '=' separates: a tensor whose name holds one cannot be bound to a file. A shape stands behind the last. */
static struct binding binding(const char *option, char *text) {
  const bool shape = !strcmp(option, "--shape");
  char *separator = shape ? strrchr(text, '=') : strchr(text, '=');
  if (!separator || separator == text || !separator[1])
    fail(EXIT_USAGE, "USAGE", "%s: '%s' is not NAME=%s", option, text, shape ? "1x3x48x192" : "FILE");
  *separator = 0;
  return (struct binding){text, separator + 1};
}

static void bind(struct binding *list, uint32_t *count, const char *option, char *text) {
  if (*count == MAX_BINDINGS) fail(EXIT_USAGE, "USAGE", "%s: more than %d", option, MAX_BINDINGS);
  const struct binding fresh = binding(option, text);
  for (uint32_t i = 0; i < *count; i++)
    if (!strcmp(list[i].name, fresh.name)) fail(EXIT_USAGE, "USAGE", "%s: '%s' stands twice", option, fresh.name);
  list[(*count)++] = fresh;
}

struct options read_options(int argc, char **argv) {
  struct options o = {.threads = 1, .min_runs = 1};
  for (int i = 1; i < argc; i++) {
    const char *option = argv[i];
    if (option[0] != '-') {
      if (o.program) fail(EXIT_USAGE, "USAGE", "more than one program file: '%s' and '%s'", o.program, option);
      o.program = option;
    } else if (!strcmp(option, "--profile")) {
      o.profile = true;
    } else if (!strcmp(option, "--info")) {
      o.info = true;
    } else if (i + 1 == argc) {
      fail(EXIT_USAGE, "USAGE", "'%s' is unknown or lacks its value", option);
    } else {
      char *value = argv[++i];
      if (!strcmp(option, "--input"))
        bind(o.inputs, &o.input_count, option, value);
      else if (!strcmp(option, "--output"))
        bind(o.outputs, &o.output_count, option, value);
      else if (!strcmp(option, "--shape"))
        bind(o.shapes, &o.shape_count, option, value);
      else if (!strcmp(option, "--threads"))
        o.threads = (uint32_t)whole(option, value, 1, 64);
      else if (!strcmp(option, "--warmup-ms"))
        o.warmup_ns = whole(option, value, 0, MOST_MS) * NS_PER_MS;
      else if (!strcmp(option, "--min-runs"))
        o.min_runs = whole(option, value, 1, 1e6);
      else if (!strcmp(option, "--min-ms"))
        o.min_ns = whole(option, value, 0, MOST_MS) * NS_PER_MS;
      else if (!strcmp(option, "--max-ms"))
        o.max_ns = whole(option, value, 0, MOST_MS) * NS_PER_MS;
      else if (!strcmp(option, "--interval"))
        o.interval = number(option, value, 0, 100);
      else if (!strcmp(option, "--samples"))
        o.samples = whole(option, value, 1, 1e6);
      else
        fail(EXIT_USAGE, "USAGE", "unknown option '%s'", option);
    }
  }
  if (!o.program) {
    fail(EXIT_USAGE, "USAGE",
         "usage: runner PROGRAM [--input NAME=FILE]… [--output NAME=FILE]… [--shape NAME=SIZES]… [--threads N] [--warmup-ms N] "
         "[--min-runs N] [--min-ms N] [--max-ms N] [--interval PERCENT] [--samples N] [--profile] [--info]");
  }
  if (o.interval > 0 && o.max_ns == 0) o.max_ns = 10000ull * NS_PER_MS;
  return o;
}
