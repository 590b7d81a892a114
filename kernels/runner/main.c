/*
 * The program that is pushed to a board: loads a program file, reads inputs, runs, writes outputs, and reports in JSON
 * lines. Events in their order: cpu, load, input…, output…, warmup, samples…, stop, step…, done; or error, and an exit
 * code: 2 usage, 3 bad program, 4 file, 5 wrong CPU, 6 wrong input size or unknown input shape.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdbool.h>
#include <string.h>

#include "../core/file.h"
#include "clock.h"
#include "fail.h"
#include "files.h"
#include "json.h"
#include "machine.h"
#include "options.h"
#include "plan.h"
#include "pool.h"
#include "timing.h"

static const char *const type_names[] = {"f32", "f64", "i8", "u8", "i16", "i32", "i64", "bool"};
static const char *const path_names[] = {"ref", "neon", "dotprod", "i8mm"};

static void load(const struct options *options, struct ed_model *model, struct ed_session *session) {
  const struct ed_threads *threads = pool_start(options->threads);
  const uint64_t start = now();
  const struct mapping file = map_file(options->program);
  enum ed_status status = ed_model_open(model, file.bytes, file.size);
  if (status != ED_OK) fail_status(status);
  const size_t arena_bytes = ed_model_arena_size(model, threads);
  void *arena = allocate_pages(arena_bytes);
  const uint32_t plan = choose_plan(model, options);
  status = ed_session_init(session, model, plan, arena, arena_bytes, threads);
  if (status != ED_OK) fail_status(status);
  const uint64_t end = now();
  const uint64_t tensors = model->private_[ED_MODEL_ARENA];
  json_begin("load");
  json_integer("ns", end - start);
  json_integer("file_bytes", file.size);
  json_integer("arena_bytes", tensors);
  json_integer("scratch_bytes", arena_bytes - tensors);
  json_integer("threads", options->threads);
  json_text("path", path_names[model->path]);
  json_integer("plan", plan);
  json_integer("plans", model->plan_count);
  json_integer("steps", session->step_count);
  json_end();
}

static void print_tensor(const char *event, struct ed_tensor tensor) {
  json_begin(event);
  json_text("name", tensor.name);
  json_text("type", type_names[tensor.type]);
  json_shape("shape", tensor.shape, tensor.rank);
  json_integer("bytes", tensor.bytes);
  json_end();
}

static const struct binding *binding_of(const struct binding *list, uint32_t count, const char *name) {
  for (uint32_t i = 0; i < count; i++)
    if (!strcmp(list[i].name, name)) return &list[i];
  return NULL;
}

/* Every binding must name a tensor of the model. */
static void check_names(const struct binding *list, uint32_t count, const struct ed_session *session, uint32_t tensors,
                        struct ed_tensor (*get)(const struct ed_session *, uint32_t), const char *what) {
  for (uint32_t i = 0; i < count; i++) {
    bool found = false;
    for (uint32_t j = 0; j < tensors; j++) found |= !strcmp(get(session, j).name, list[i].name);
    if (!found) fail(EXIT_USAGE, "USAGE", "the program has no %s '%s'", what, list[i].name);
  }
}

/* What an input holds when no file is given: pseudo-random numbers in [−1, 1) that every test can repeat; integers are 0. */
static void fill(const struct ed_tensor *tensor) {
  if (tensor->type != ED_F32) return;
  float *values = tensor->data;
  uint32_t state = 1;
  for (size_t i = 0; i < tensor->bytes / sizeof *values; i++) {
    state = state * 1664525u + 1013904223u;
    values[i] = (float)(state >> 8) / 16777216.0f * 2.0f - 1.0f;
  }
}

/* Bytes of every input file, mapped; NULL where there is none and the input has been filled. */
static void open_inputs(const struct options *options, const struct ed_session *session, const unsigned char **files) {
  for (uint32_t i = 0; i < session->model->input_count; i++) {
    const struct ed_tensor tensor = ed_session_input(session, i);
    const struct binding *binding = binding_of(options->inputs, options->input_count, tensor.name);
    files[i] = NULL;
    if (!binding) {
      fill(&tensor);
      continue;
    }
    const struct mapping file = map_file(binding->value);
    const uint64_t wanted = (uint64_t)tensor.bytes * (options->samples ? options->samples : 1);
    if (file.size != wanted)
      fail(EXIT_INPUT, "INPUT", "'%s' holds %zu bytes; the input '%s' takes %llu", binding->value, file.size, tensor.name,
           (unsigned long long)wanted);
    files[i] = file.bytes;
  }
}

static void set_inputs(const struct ed_session *session, const unsigned char *const *files, uint64_t sample) {
  for (uint32_t i = 0; i < session->model->input_count; i++) {
    const struct ed_tensor tensor = ed_session_input(session, i);
    if (files[i]) memcpy(tensor.data, files[i] + sample * tensor.bytes, tensor.bytes);
  }
}

static void write_outputs(const struct options *options, const struct ed_session *session) {
  for (uint32_t i = 0; i < session->model->output_count; i++) {
    const struct ed_tensor tensor = ed_session_output(session, i);
    const struct binding *binding = binding_of(options->outputs, options->output_count, tensor.name);
    if (binding) write_file(binding->value, tensor.data, tensor.bytes);
  }
}

/* Every sample once; the outputs that have a file are collected, those of one sample behind those of the one before. */
static void run_samples(const struct options *options, struct ed_session *session, const unsigned char *const *files) {
  const uint32_t outputs = session->model->output_count;
  uint64_t *ns = allocate_pages(options->samples * sizeof *ns);
  unsigned char **collected = allocate_pages(outputs * sizeof *collected);
  for (uint32_t i = 0; i < outputs; i++) {
    const struct ed_tensor tensor = ed_session_output(session, i);
    if (binding_of(options->outputs, options->output_count, tensor.name)) collected[i] = allocate_pages(options->samples * tensor.bytes);
  }
  for (uint64_t sample = 0; sample < options->samples; sample++) {
    set_inputs(session, files, sample);
    ns[sample] = timed_run(session);
    for (uint32_t i = 0; i < outputs; i++) {
      const struct ed_tensor tensor = ed_session_output(session, i);
      if (collected[i]) memcpy(collected[i] + sample * tensor.bytes, tensor.data, tensor.bytes);
    }
  }
  for (uint32_t i = 0; i < outputs; i++) {
    const struct ed_tensor tensor = ed_session_output(session, i);
    const struct binding *binding = binding_of(options->outputs, options->output_count, tensor.name);
    if (binding) write_file(binding->value, collected[i], (size_t)(options->samples * tensor.bytes));
  }
  print_samples(ns, options->samples);
  json_begin("stop");
  json_text("reason", "count");
  json_integer("runs", options->samples);
  json_end();
}

int main(int argc, char **argv) {
  /* Writing that fails is reported, or ends the program with its own exit code. */
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  const struct options options = read_options(argc, argv);
  print_cpu();
  struct ed_model model;
  struct ed_session session;
  load(&options, &model, &session);
  for (uint32_t i = 0; i < model.input_count; i++) print_tensor("input", ed_session_input(&session, i));
  for (uint32_t i = 0; i < model.output_count; i++) print_tensor("output", ed_session_output(&session, i));
  check_names(options.inputs, options.input_count, &session, model.input_count, ed_session_input, "input");
  check_names(options.outputs, options.output_count, &session, model.output_count, ed_session_output, "output");
  if (!options.info) {
    const unsigned char **files = allocate_pages((model.input_count + 1u) * sizeof *files);
    open_inputs(&options, &session, files);
    if (options.samples > 0) {
      run_samples(&options, &session, files);
    } else {
      set_inputs(&session, files, 0);
      measure(&session, &options);
      write_outputs(&options, &session);
    }
    if (options.profile) profile(&session);
  }
  json_begin("done");
  json_integer("peak_rss_bytes", peak_resident_bytes());
  json_end();
  return 0;
}
