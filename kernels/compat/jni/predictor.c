#include "predictor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where the system does not say how many cores there are. */
#define MOST_THREADS 64

static int allocate(struct aligned *memory, size_t size) {
  *memory = (struct aligned){0};
  if (size > SIZE_MAX - 64) return 0;
  memory->allocation = malloc(size + 64);
  if (memory->allocation == NULL) return 0;
  memory->data = (unsigned char *)(((uintptr_t)memory->allocation + 63) & ~(uintptr_t)63);
  memory->size = size;
  return 1;
}

struct predictor *predictor_create(void) { return calloc(1, sizeof(struct predictor)); }

void predictor_destroy(struct predictor *predictor) {
  pool_stop(&predictor->pool);
  free(predictor->arena.allocation);
  free(predictor->bytes.allocation);
  free(predictor);
}

int predictor_reserve(struct predictor *predictor, size_t size) { return allocate(&predictor->bytes, size); }

/* Fills predictor->bytes up to the end of the file, in more memory if that has to be. */
static int read_all(struct predictor *predictor, int file, uint64_t size) {
  /* One byte more than expected shows that nothing follows. */
  if (size >= SIZE_MAX || !allocate(&predictor->bytes, (size_t)size + 1)) return ENOMEM;
  size_t used = 0;
  for (;;) {
    struct aligned *bytes = &predictor->bytes;
    if (used == bytes->size) {
      struct aligned more;
      if (used > SIZE_MAX / 2 || !allocate(&more, 2 * used)) return ENOMEM;
      memcpy(more.data, bytes->data, used);
      free(bytes->allocation);
      *bytes = more;
    }
    size_t room = bytes->size - used;
    if (room > 1u << 30) room = 1u << 30;
    const ssize_t count = read(file, bytes->data + used, room);
    if (count == 0) break;
    if (count > 0) used += (size_t)count;
    else if (errno != EINTR) return errno;
  }
  predictor->bytes.size = used;
  return 0;
}

int predictor_read(struct predictor *predictor, const char *path, uint64_t size) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno;
  const int error = read_all(predictor, file, size);
  close(file);
  return error;
}

int predictor_open(struct predictor *predictor) {
  return (int)ed_model_open(&predictor->model, predictor->bytes.data, predictor->bytes.size);
}

int predictor_is_naive_buffer(const struct predictor *predictor) {
  /* u16 version 0, 1 or 2; from 2 on the release follows, "v2." or what git calls it. */
  const struct aligned *bytes = &predictor->bytes;
  return bytes->size > 18 && bytes->data[0] <= 2 && bytes->data[1] == 0;
}

/* So that nothing of another plan shows; a bool must be 0 or 1. */
static void clear_tensors(const struct predictor *predictor) {
  for (uint32_t index = 0; index < predictor->model.input_count; index++) {
    const struct ed_tensor tensor = ed_session_input(&predictor->session, index);
    memset(tensor.data, 0, tensor.bytes);
  }
  for (uint32_t index = 0; index < predictor->model.output_count; index++) {
    const struct ed_tensor tensor = ed_session_output(&predictor->session, index);
    memset(tensor.data, 0, tensor.bytes);
  }
}

static int enter(struct predictor *predictor, uint32_t plan) {
  const enum ed_status status = ed_session_init(&predictor->session, &predictor->model, plan, predictor->arena.data,
                                                predictor->arena.size, &predictor->pool.threads);
  if (status == ED_OK) clear_tensors(predictor);
  return (int)status;
}

static void bind_one(void *binding, uint32_t index) {
  (void)index;
  ed_power_bind(binding);
}

static void bind_all(struct predictor *predictor) {
  const struct ed_threads *threads = &predictor->pool.threads;
  if (predictor->binding.mode == ED_POWER_NO_BIND) return;
  threads->run(threads->self, threads->count, bind_one, &predictor->binding);
}

int predictor_start(struct predictor *predictor, uint32_t threads, enum ed_power_mode mode) {
  ed_cores_read(&predictor->cores, "");
  if (predictor->cores.count == 0 && threads > MOST_THREADS) threads = MOST_THREADS;
  predictor->binding = ed_power_choose(&predictor->cores, mode, threads, 0);
  const int error = pool_start(&predictor->pool, predictor->binding.threads);
  if (error != 0) return error == ENOMEM ? OUT_OF_MEMORY : OUT_OF_THREADS;
  if (!allocate(&predictor->arena, ed_model_arena_size(&predictor->model, &predictor->pool.threads))) return OUT_OF_MEMORY;
  const int status = enter(predictor, 0);
  if (status == ED_OK) bind_all(predictor);
  return status;
}

int predictor_run(struct predictor *predictor) {
  struct ed_binding *binding = &predictor->binding;
  const int rotates = binding->mode == ED_POWER_RAND_HIGH || binding->mode == ED_POWER_RAND_LOW;
  if (rotates && ++predictor->calls % 10 == 0) {
    *binding = ed_power_choose(&predictor->cores, binding->mode, binding->threads, predictor->calls);
    bind_all(predictor);
  } else {
    /* It may be another thread than the last time, or one that another predictor has bound. */
    ed_power_bind(binding);
  }
  return (int)ed_session_run(&predictor->session);
}

static int stays(const struct predictor *predictor, uint32_t plan, uint32_t index) {
  const struct ed_tensor before = ed_session_input(&predictor->session, index);
  const struct ed_tensor after = ed_model_input(&predictor->model, plan, index);
  return before.rank == after.rank && memcmp(before.shape, after.shape, sizeof before.shape) == 0;
}

int predictor_select(struct predictor *predictor, uint32_t plan) {
  const uint32_t count = predictor->model.input_count;
  size_t size = 0;
  for (uint32_t index = 0; index < count; index++) {
    if (stays(predictor, plan, index)) size += ed_session_input(&predictor->session, index).bytes;
  }
  unsigned char *const kept = malloc(size + count + 1);
  if (kept == NULL) return OUT_OF_MEMORY;
  /* Behind what the inputs hold that stay: which those are. */
  unsigned char *const marks = kept + size;
  unsigned char *at = kept;
  for (uint32_t index = 0; index < count; index++) {
    const struct ed_tensor tensor = ed_session_input(&predictor->session, index);
    marks[index] = (unsigned char)stays(predictor, plan, index);
    if (!marks[index]) continue;
    memcpy(at, tensor.data, tensor.bytes);
    at += tensor.bytes;
  }
  const int status = enter(predictor, plan);
  at = kept;
  for (uint32_t index = 0; status == ED_OK && index < count; index++) {
    if (!marks[index]) continue;
    const struct ed_tensor tensor = ed_session_input(&predictor->session, index);
    memcpy(tensor.data, at, tensor.bytes);
    at += tensor.bytes;
  }
  free(kept);
  return status;
}
