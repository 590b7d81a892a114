#include "../core/activation.h"
#include "../core/op.h"

enum { ED_CHUNK = 4096 }; /* values per task: long enough to hide the call, short enough to share out */

bool ed_check_unary(struct ed_check *check, const struct ed_unary_record *r) {
  return ed_can_read_floats(check, r->x, r->count) && ed_can_write_floats(check, r->y, r->count) &&
         ed_check_activation(r->activation);
}

struct unary_task {
  const struct ed_unary_record *record;
  const float *x;
  float *y;
};

static void run_chunk(void *argument, uint32_t index) {
  const struct unary_task *task = argument;
  const uint32_t start = index * ED_CHUNK;
  const uint32_t left = task->record->count - start;
  ed_activate_copy(task->y + start, task->x + start, left < ED_CHUNK ? left : ED_CHUNK, ED_ACTIVATE(task->record));
}

void ed_run_unary(const struct ed_context *context, const struct ed_unary_record *r) {
  struct unary_task task = {r, ed_read(context, r->x), ed_write(context, r->y)};
  ed_parallel(context, r->count / ED_CHUNK + (r->count % ED_CHUNK != 0), run_chunk, &task);
}
