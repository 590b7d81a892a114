/* Opening a program: the one place where a file is judged. What passes here is trusted by everything that runs. */
#include <string.h>

#include "file.h"
#include "kernels.h"
#include "op.h"

#if defined(__aarch64__)
#define ED_ARCHITECTURE_HERE ED_ARCHITECTURE_AARCH64
#elif defined(__arm__)
#define ED_ARCHITECTURE_HERE ED_ARCHITECTURE_ARM
#elif defined(__x86_64__)
#define ED_ARCHITECTURE_HERE ED_ARCHITECTURE_X86_64
#else
#define ED_ARCHITECTURE_HERE ED_ARCHITECTURE_ANY
#endif

static const uint8_t dtype_bytes[ED_DTYPE_COUNT] = {4, 8, 1, 1, 2, 4, 8, 1};

/* A section inside the file, aligned, not before `first`. */
static bool section_fits(const struct ed_file_header *header, uint64_t first, uint32_t offset, uint64_t bytes) {
  return offset % ED_FILE_ALIGNMENT == 0 && offset >= first && offset <= header->file_bytes &&
         bytes <= header->file_bytes - offset;
}

static bool tensor_ok(const struct ed_check *check, const struct ed_file_header *header, const struct ed_file_tensor *tensor) {
  if (tensor->name >= header->strings_bytes || tensor->dtype >= ED_DTYPE_COUNT || tensor->rank > ED_MAX_RANK) return false;
  const uint32_t width = dtype_bytes[tensor->dtype];
  uint64_t bytes = width;
  for (uint32_t axis = 0; axis < ED_MAX_RANK; axis++) {
    if (axis < tensor->rank) bytes = ed_product(bytes, tensor->shape[axis]);
    else if (tensor->shape[axis] != 0) return false;
  }
  if (tensor->reserved[0] || tensor->reserved[1] || tensor->reserved[2]) return false;
  return bytes == tensor->bytes && ed_can_write(check, tensor->at, bytes, width < 4 ? 4 : width);
}

static bool step_ok(struct ed_check *check, const struct ed_file_step *step) {
  const void *record = step + 1;
  switch (step->code) {
#define ED_CHECK(name, number) \
  case number:                 \
    return step->record_bytes == sizeof(struct ed_##name##_record) && ed_check_##name(check, record);
    ED_STEPS(ED_CHECK)
#undef ED_CHECK
  }
  return false;
}

static bool steps_ok(struct ed_check *check, const struct ed_file_header *header, const struct ed_file_plan *plan) {
  uint32_t left = plan->steps_bytes;
  const unsigned char *at = (const unsigned char *)header + plan->steps;
  for (uint32_t i = 0; i < plan->step_count; i++) {
    const struct ed_file_step *step = (const void *)at;
    if (left < sizeof *step || left < ed_step_bytes(step) || step->name >= header->strings_bytes || step->reserved != 0)
      return false;
    if (!step_ok(check, step)) return false;
    left -= ed_step_bytes(step);
    at += ed_step_bytes(step);
  }
  return left == 0;
}

/*
 * All plans. Their sections follow one another, so that opening takes no longer than the file is long; their inputs and
 * outputs have the same names and types, so that those of the first speak for all.
 */
static bool plans_ok(struct ed_check *check, const struct ed_file_header *header, uint64_t *arena_bytes) {
  const unsigned char *file = (const void *)header;
  const uint32_t tensor_count = (uint32_t)header->input_count + header->output_count;
  uint64_t end = sizeof *header + (uint64_t)header->plan_count * sizeof(struct ed_file_plan);
  if (header->plan_count == 0 || end > header->file_bytes) return false;
  const struct ed_file_plan *plans = ed_file_plans(header);
  for (uint32_t i = 0; i < header->plan_count; i++) {
    const struct ed_file_plan *plan = &plans[i];
    if (!section_fits(header, end, plan->tensors, tensor_count * sizeof(struct ed_file_tensor))) return false;
    end = (uint64_t)plan->tensors + tensor_count * sizeof(struct ed_file_tensor);
    if (!section_fits(header, end, plan->steps, plan->steps_bytes)) return false;
    end = (uint64_t)plan->steps + plan->steps_bytes;
    if (plan->arena_bytes % ED_FILE_ALIGNMENT != 0 || plan->arena_bytes >= ED_REF_CONSTANT || plan->reserved != 0) return false;

    check->arena_bytes = plan->arena_bytes;
    const struct ed_file_tensor *tensors = (const void *)(file + plan->tensors), *first = (const void *)(file + plans[0].tensors);
    for (uint32_t j = 0; j < tensor_count; j++) {
      if (!tensor_ok(check, header, &tensors[j])) return false;
      if (tensors[j].name != first[j].name || tensors[j].dtype != first[j].dtype) return false;
    }
    if (!steps_ok(check, header, plan)) return false;
    if (plan->arena_bytes > *arena_bytes) *arena_bytes = plan->arena_bytes;
  }
  return true;
}

enum ed_status ed_model_open(struct ed_model *model, const void *bytes, size_t size) {
  if (!model) return ED_BAD_ARGUMENT;
  memset(model, 0, sizeof *model);
  if (!bytes) return ED_BAD_ARGUMENT;
  if ((uintptr_t)bytes % ED_FILE_ALIGNMENT != 0) return ED_MISALIGNED;
  const struct ed_file_header *header = bytes;
  if (size < sizeof *header || memcmp(header->magic, "EDGEPROG", 8) != 0) return ED_NOT_A_PROGRAM;
  if (header->abi != ED_ABI) return ED_WRONG_ABI;
  if (header->file_bytes != size) return ED_TRUNCATED;
  if (header->architecture != ED_ARCHITECTURE_ANY && header->architecture != ED_ARCHITECTURE_HERE) return ED_WRONG_MACHINE;
  if (header->path >= ED_PATH_COUNT) return ED_CORRUPT;
  if (!section_fits(header, sizeof *header, header->strings, header->strings_bytes) ||
      !section_fits(header, sizeof *header, header->constants, header->constants_bytes))
    return ED_CORRUPT;
  /* Names are followed to their NUL: the last byte of the strings is one. */
  const unsigned char *file = bytes;
  if (header->strings_bytes == 0 || file[header->strings + header->strings_bytes - 1] != 0) return ED_CORRUPT;

  struct ed_kernels kernels;
  ed_kernels_init(&kernels, header->path);
  struct ed_check check = {.constant_bytes = header->constants_bytes, .kernels = &kernels};
  uint64_t arena_bytes = 0;
  if (!plans_ok(&check, header, &arena_bytes) || check.scratch_bytes >= ED_REF_CONSTANT) return ED_CORRUPT;

  model->bytes = bytes;
  model->size = size;
  model->input_count = header->input_count;
  model->output_count = header->output_count;
  model->plan_count = header->plan_count;
  model->path = header->path;
  model->private_[ED_MODEL_SCRATCH] = (check.scratch_bytes + ED_FILE_ALIGNMENT - 1) / ED_FILE_ALIGNMENT * ED_FILE_ALIGNMENT;
  model->private_[ED_MODEL_ARENA] = arena_bytes;
  return ED_OK;
}
