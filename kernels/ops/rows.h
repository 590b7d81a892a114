#ifndef ED_ROWS_H
#define ED_ROWS_H
/* Deals independent rows of a step's work out to the session's threads. */
#include "../core/op.h"

/* Handles rows [begin, end) of the step; called at once from several threads with ranges that do not meet. */
typedef void ed_rows_task(const struct ed_context *context, const void *record, size_t begin, size_t end);

struct ed_rows_job {
  const struct ed_context *context;
  const void *record;
  ed_rows_task *task;
  size_t rows;
  uint32_t parts;
};

static inline void ed_rows_part(void *argument, uint32_t index) {
  const struct ed_rows_job *job = argument;
  job->task(job->context, job->record, (size_t)((uint64_t)job->rows * index / job->parts),
            (size_t)((uint64_t)job->rows * (index + 1) / job->parts));
}

/* Fewer elements than this are done before another thread has woken up. */
#define ED_ELEMENTS_PER_THREAD 16384

/* Runs task over all rows; row_elements is the work in one row and decides how many threads are worth waking. */
static inline void ed_for_rows(const struct ed_context *context, const void *record, size_t rows, uint64_t row_elements,
                               ed_rows_task *task) {
  uint64_t parts = ed_product(rows, row_elements) / ED_ELEMENTS_PER_THREAD;
  const uint64_t most = ed_thread_count(context);
  if (parts > most) parts = most;
  if (parts > rows) parts = rows;
  if (parts <= 1) {
    if (rows > 0) task(context, record, 0, rows);
    return;
  }
  struct ed_rows_job job = {context, record, task, rows, (uint32_t)parts};
  ed_parallel(context, job.parts, ed_rows_part, &job);
}

#endif
