/*
 * Running a program in the caller's memory: [arena | kernel table | one scratch region per thread]. The arena has the size
 * of the largest plan's, so that the rest stands in the same place for every plan.
 */
#include <string.h>

#include "file.h"
#include "kernels.h"
#include "op.h"

static const struct ed_file_header *header_of(const struct ed_model *model) { return (const void *)model->bytes; }

static const struct ed_file_plan *plan_of(const struct ed_model *model, uint32_t plan) {
  return &ed_file_plans(header_of(model))[plan];
}

static size_t round_up(size_t bytes) { return (bytes + ED_FILE_ALIGNMENT - 1) / ED_FILE_ALIGNMENT * ED_FILE_ALIGNMENT; }

static uint32_t thread_count(const struct ed_threads *threads) { return threads && threads->count > 1 ? threads->count : 1; }

size_t ed_model_arena_size(const struct ed_model *model, const struct ed_threads *threads) {
  if (!model || !model->bytes) return 0;
  /* 64 bytes behind the arena proper, because kernels may load past a buffer's end. */
  const uint64_t bytes = model->private_[ED_MODEL_ARENA] + ED_OVER_READ + round_up(sizeof(struct ed_kernels)) +
                         ed_product(model->private_[ED_MODEL_SCRATCH], thread_count(threads));
  return bytes > SIZE_MAX / 2 ? SIZE_MAX : (size_t)bytes;
}

static struct ed_kernels *kernels_of(const struct ed_session *session) {
  return (void *)(session->arena + session->model->private_[ED_MODEL_ARENA] + ED_OVER_READ);
}

enum ed_status ed_session_init(struct ed_session *session, const struct ed_model *model, uint32_t plan, void *arena,
                               size_t size, const struct ed_threads *threads) {
  if (!session) return ED_BAD_ARGUMENT;
  memset(session, 0, sizeof *session);
  if (!model || !model->bytes || plan >= model->plan_count || !arena) return ED_BAD_ARGUMENT;
  if ((uintptr_t)arena % ED_FILE_ALIGNMENT != 0) return ED_MISALIGNED;
  if (size < ed_model_arena_size(model, threads)) return ED_ARENA_TOO_SMALL;
  if (model->path != ED_PATH_REF && !(ed_cpu_paths() & (1u << model->path))) return ED_CPU_FEATURE;
  session->model = model;
  session->arena = arena;
  session->threads = thread_count(threads) > 1 ? threads : NULL;
  session->plan = plan;
  session->step_count = plan_of(model, plan)->step_count;
  ed_kernels_init(kernels_of(session), model->path);
  return ED_OK;
}

/* A tensor of a plan, counted from the first input; without an arena it has no data. */
static struct ed_tensor tensor_at(const struct ed_model *model, uint32_t plan, uint32_t index, unsigned char *arena) {
  const struct ed_file_tensor *tensors = (const void *)(model->bytes + plan_of(model, plan)->tensors);
  const struct ed_file_tensor *tensor = &tensors[index];
  struct ed_tensor result = {.name = (const char *)model->bytes + header_of(model)->strings + tensor->name,
                             .type = (enum ed_type)tensor->dtype,
                             .rank = tensor->rank,
                             .data = arena ? arena + tensor->at : NULL,
                             .bytes = tensor->bytes};
  memcpy(result.shape, tensor->shape, sizeof result.shape);
  return result;
}

struct ed_tensor ed_model_input(const struct ed_model *model, uint32_t plan, uint32_t index) {
  if (!model || plan >= model->plan_count || index >= model->input_count) return (struct ed_tensor){0};
  return tensor_at(model, plan, index, NULL);
}

struct ed_tensor ed_session_input(const struct ed_session *session, uint32_t index) {
  if (!session || !session->model || index >= session->model->input_count) return (struct ed_tensor){0};
  return tensor_at(session->model, session->plan, index, session->arena);
}

struct ed_tensor ed_session_output(const struct ed_session *session, uint32_t index) {
  if (!session || !session->model || index >= session->model->output_count) return (struct ed_tensor){0};
  return tensor_at(session->model, session->plan, session->model->input_count + index, session->arena);
}

void ed_session_on_step(struct ed_session *session, ed_step_hook *hook, void *context) {
  if (!session) return;
  session->hook = hook;
  session->hook_context = context;
}

static void run_step(const struct ed_context *context, const struct ed_file_step *step) {
  const void *record = step + 1;
  switch (step->code) {
#define ED_RUN(name, number)              \
  case number:                            \
    ed_run_##name(context, record);       \
    break;
    ED_STEPS(ED_RUN)
#undef ED_RUN
  }
}

static const char *step_text(const struct ed_file_step *step) {
  static const char *const names[] = {
#define ED_NAME(name, number) #name,
      ED_STEPS(ED_NAME)
#undef ED_NAME
  };
  return names[step->code - 1];
}

static const char *kernel_text(const struct ed_kernels *kernels, const struct ed_file_step *step) {
  const struct ed_conv2d_record *conv = (const void *)(step + 1);
  if (step->code == ED_STEP_conv2d) return conv->input_type == 1 ? kernels->s8_gemm.name : kernels->f32_gemm.name;
  return step_text(step);
}

enum ed_status ed_session_run(struct ed_session *session) {
  if (!session || !session->model) return ED_BAD_ARGUMENT;
  const struct ed_model *model = session->model;
  const struct ed_file_header *header = header_of(model);
  struct ed_kernels *kernels = kernels_of(session);
  const struct ed_context context = {.arena = session->arena,
                                     .constants = model->bytes + header->constants,
                                     .scratch = (unsigned char *)kernels + round_up(sizeof *kernels),
                                     .scratch_bytes = (size_t)model->private_[ED_MODEL_SCRATCH],
                                     .kernels = kernels,
                                     .threads = session->threads};
  const unsigned char *at = model->bytes + plan_of(model, session->plan)->steps;
  for (uint32_t i = 0; i < session->step_count; i++) {
    const struct ed_file_step *step = (const void *)at;
    at += ed_step_bytes(step);
    if (!session->hook) {
      run_step(&context, step);
      continue;
    }
    const struct ed_step_info info = {.index = i,
                                      .name = (const char *)model->bytes + header->strings + step->name,
                                      .step = step_text(step),
                                      .kernel = kernel_text(kernels, step)};
    session->hook(session->hook_context, &info, 0);
    run_step(&context, step);
    session->hook(session->hook_context, &info, 1);
  }
  return ED_OK;
}
