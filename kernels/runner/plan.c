#include "plan.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"

#define SHAPE_TEXT 96 /* eight sizes of ten digits, what stands between them, and a NUL */

/* `1x3x48x192`; nothing for a scalar. */
static void write_shape(char text[SHAPE_TEXT], const struct ed_tensor *tensor) {
  size_t length = 0;
  text[0] = 0;
  for (uint32_t axis = 0; axis < tensor->rank; axis++)
    length += (size_t)snprintf(text + length, SHAPE_TEXT - length, "%s%u", axis > 0 ? "x" : "", tensor->shape[axis]);
}

static uint32_t input_called(const struct ed_model *model, const char *name) {
  for (uint32_t i = 0; i < model->input_count; i++)
    if (!strcmp(ed_model_input(model, 0, i).name, name)) return i;
  fail(EXIT_USAGE, "USAGE", "the program has no input '%s'", name);
}

static bool plan_fits(const struct ed_model *model, uint32_t plan, const struct options *options) {
  for (uint32_t i = 0; i < options->shape_count; i++) {
    char text[SHAPE_TEXT];
    const struct ed_tensor input = ed_model_input(model, plan, input_called(model, options->shapes[i].name));
    write_shape(text, &input);
    if (strcmp(text, options->shapes[i].value) != 0) return false;
  }
  return true;
}

/* Text that grows until it is full. */
struct text {
  char bytes[700];
  size_t length;
};

static void append(struct text *text, const char *separator, const char *name, const char *shape) {
  const size_t left = sizeof text->bytes - text->length;
  const int more = snprintf(text->bytes + text->length, left, "%s%s %s", separator, name, shape);
  if (more > 0) text->length += (size_t)more < left ? (size_t)more : left - 1;
}

uint32_t choose_plan(const struct ed_model *model, const struct options *options) {
  for (uint32_t plan = 0; plan < model->plan_count; plan++)
    if (plan_fits(model, plan, options)) return plan;
  struct text wanted = {.length = 0}, known = {.length = 0};
  for (uint32_t i = 0; i < options->shape_count; i++)
    append(&wanted, i > 0 ? ", " : "", options->shapes[i].name, options->shapes[i].value);
  for (uint32_t plan = 0; plan < model->plan_count; plan++) {
    for (uint32_t i = 0; i < model->input_count; i++) {
      char text[SHAPE_TEXT];
      const struct ed_tensor input = ed_model_input(model, plan, i);
      write_shape(text, &input);
      append(&known, i > 0 ? ", " : plan > 0 ? "; " : "", input.name, text);
    }
  }
  fail(EXIT_INPUT, "SHAPE", "there is no plan for %s; the program takes: %s", wanted.bytes, known.bytes);
}
