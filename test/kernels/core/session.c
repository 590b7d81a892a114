/*
 * session PROGRAM PRODUCT PLANS: what edge_deploy.h promises, on a program with one input, one output and two steps, on a
 * matrix product that is worth sharing out, and on the first program for rows of 5, 300 and 20 values. Prints TAP.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../kernels/core/file.h"
#include "../../../kernels/include/edge_deploy.h"

static int number, failures;

static void ok(bool passed, const char *what) {
  printf("%sok %d - %s\n", passed ? "" : "not ", ++number, what);
  failures += !passed;
}

static void *aligned(size_t size) {
  void *memory;
  if (posix_memalign(&memory, 64, size + 64) != 0) exit(2);
  return memset(memory, 0, size + 64);
}

struct calls {
  uint32_t before, after;
  bool named;
};

static void count(void *context, const struct ed_step_info *step, int finished) {
  struct calls *calls = context;
  *(finished ? &calls->after : &calls->before) += 1;
  calls->named = step->name && step->kernel && !strcmp(step->step, "unary");
}

static void refusals(unsigned char *bytes, size_t size) {
  struct ed_model model;
  ok(ed_model_open(&model, NULL, size) == ED_BAD_ARGUMENT, "no bytes");
  memmove(bytes + 4, bytes, size);
  ok(ed_model_open(&model, bytes + 4, size) == ED_MISALIGNED, "bytes that are not aligned");
  memmove(bytes, bytes + 4, size);
  ok(ed_model_open(&model, bytes, size - 1) == ED_TRUNCATED, "a byte less");
  ok(ed_model_open(&model, bytes, size + 1) == ED_TRUNCATED, "a byte more");
  ok(ed_model_open(&model, bytes, sizeof(struct ed_file_header) - 1) == ED_NOT_A_PROGRAM, "less than a header");
  ok(ed_model_open(&model, bytes, size) == ED_OK, "the program itself opens");
  struct ed_session session;
  ok(ed_model_open(&model, NULL, size) == ED_BAD_ARGUMENT && !ed_model_arena_size(&model, NULL), "a refused model is empty");
  ok(!ed_model_input(&model, 0, 0).name, "an empty model has no inputs");
  ok(ed_session_init(&session, &model, 0, bytes, size, NULL) == ED_BAD_ARGUMENT, "no session of an empty model");
  ok(ed_session_run(&session) == ED_BAD_ARGUMENT && !ed_session_input(&session, 0).data, "an empty session does not run");
  ok(ed_model_open(&model, bytes, size) == ED_OK, "and opens again");

  unsigned char *arena = aligned(ed_model_arena_size(&model, NULL));
  const size_t needed = ed_model_arena_size(&model, NULL);
  ok(ed_session_init(&session, &model, 0, NULL, needed, NULL) == ED_BAD_ARGUMENT, "no arena");
  ok(ed_session_init(&session, &model, 1, arena, needed, NULL) == ED_BAD_ARGUMENT, "no such plan");
  ok(ed_session_init(&session, &model, 0, arena + 4, needed, NULL) == ED_MISALIGNED, "an arena that is not aligned");
  ok(ed_session_init(&session, &model, 0, arena, needed - 1, NULL) == ED_ARENA_TOO_SMALL, "an arena that is a byte too small");
  ok(ed_session_run(NULL) == ED_BAD_ARGUMENT, "no session");
  free(arena);
}

/* y = 2 · (2x + 1) + 1 */
static bool computes(struct ed_session *session, float first) {
  const struct ed_tensor x = ed_session_input(session, 0), y = ed_session_output(session, 0);
  for (size_t i = 0; i < x.bytes / 4; i++) ((float *)x.data)[i] = first + (float)i;
  if (ed_session_run(session) != ED_OK) return false;
  for (size_t i = 0; i < x.bytes / 4; i++) {
    if (((float *)x.data)[i] != first + (float)i) return false;
    if (((float *)y.data)[i] != 4 * (first + (float)i) + 3) return false;
  }
  return true;
}

static unsigned char *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file) exit(2);
  unsigned char *bytes = aligned(1 << 20);
  *size = fread(bytes, 1, 1 << 20, file);
  fclose(file);
  return bytes;
}

static void run_backwards(void *self, uint32_t count, void (*task)(void *, uint32_t), void *argument) {
  (void)self;
  while (count-- > 0) task(argument, count);
}

/* Results are the same for any number of threads, 0 among them, which is one. */
static void threads(const char *path) {
  size_t size;
  unsigned char *bytes = read_file(path, &size);
  float expected = 0;
  for (uint32_t count = 0; count < 5; count++) {
    const struct ed_threads helpers = {.count = count == 4 ? 64 : count, .run = run_backwards};
    struct ed_model model;
    struct ed_session session;
    ed_model_open(&model, bytes, size);
    const size_t needed = ed_model_arena_size(&model, &helpers);
    unsigned char *arena = aligned(needed);
    bool same = ed_session_init(&session, &model, 0, arena, needed, &helpers) == ED_OK;
    const struct ed_tensor x = ed_session_input(&session, 0), y = ed_session_output(&session, 0);
    for (size_t i = 0; i < x.bytes / 4; i++) ((float *)x.data)[i] = (float)i;
    ed_session_run(&session);
    float sum = 0;
    for (size_t i = 0; i < y.bytes / 4; i++) sum += ((float *)y.data)[i];
    if (count == 0) expected = sum;
    same = same && sum == expected && sum > 1;
    ok(same, helpers.count == 0 ? "no threads are one" : "the same with more threads");
    free(arena);
  }
  free(bytes);
}

/* The plan whose only input has this many columns, or plan_count. */
static uint32_t plan_for(const struct ed_model *model, uint32_t columns) {
  uint32_t plan = 0;
  while (plan < model->plan_count && ed_model_input(model, plan, 0).shape[1] != columns) plan++;
  return plan;
}

/* One arena serves all plans: sessions switch to and fro, and every plan reads and writes what is its own. */
static void plans(const char *path) {
  static const uint32_t columns[] = {5, 300, 20};
  size_t size;
  unsigned char *bytes = read_file(path, &size);
  struct ed_model model;
  ok(ed_model_open(&model, bytes, size) == ED_OK && model.plan_count == 3, "a program of three plans");
  ok(plan_for(&model, 300) == 1 && plan_for(&model, 20) == 2, "plans are found by shape");
  ok(plan_for(&model, 21) == 3, "an unknown shape has none");
  const struct ed_tensor x = ed_model_input(&model, 1, 0);
  ok(!strcmp(x.name, "x0") && x.type == ED_F32 && x.rank == 2 && x.shape[0] == 1 && x.bytes == 1200 && !x.data, "an input without data");
  ok(!ed_model_input(&model, 3, 0).name && !ed_model_input(&model, 0, 1).name && !ed_model_input(NULL, 0, 0).name,
     "no input beyond the last plan or the last input");

  const size_t needed = ed_model_arena_size(&model, NULL);
  unsigned char *arena = aligned(needed);
  struct ed_session session;
  ok(ed_session_init(&session, &model, 3, arena, needed, NULL) == ED_BAD_ARGUMENT && !session.model, "no session beyond the last plan");
  ok(ed_session_init(&session, &model, 0, arena, needed - 1, NULL) == ED_ARENA_TOO_SMALL, "an arena as for the largest, whatever the plan");
  bool right = true;
  for (uint32_t round = 0; round < 6; round++) {
    const uint32_t plan = round * 2 % 3;
    right = right && ed_session_init(&session, &model, plan, arena, needed, NULL) == ED_OK;
    right = right && session.plan == plan && session.step_count == 2;
    right = right && ed_session_input(&session, 0).shape[1] == columns[plan] && ed_session_output(&session, 0).shape[1] == columns[plan];
    right = right && computes(&session, (float)round) && computes(&session, -7);
  }
  ok(right, "switching plans in one arena");
  bool inside = true;
  for (size_t i = 0; i < 64; i++) inside = inside && arena[needed + i] == 0;
  ok(inside, "nothing is written behind it");
  free(arena);

  /* Plans must have the same interface, and sections of their own. */
  struct ed_file_plan *list = (void *)(bytes + sizeof(struct ed_file_header));
  struct ed_file_tensor *second = (void *)(bytes + list[1].tensors);
  second->name++;
  ok(ed_model_open(&model, bytes, size) == ED_CORRUPT, "an input of another name in another plan");
  second->name--;
  second->dtype = ED_DTYPE_I32;
  ok(ed_model_open(&model, bytes, size) == ED_CORRUPT, "an input of another type in another plan");
  second->dtype = ED_DTYPE_F32;
  const struct ed_file_plan kept = list[1];
  list[1] = list[0];
  ok(ed_model_open(&model, bytes, size) == ED_CORRUPT, "two plans of the same sections");
  list[1] = kept;
  list[1].arena_bytes = 64;
  ok(ed_model_open(&model, bytes, size) == ED_CORRUPT, "a plan whose own arena is too small for it");
  list[1] = kept;
  list[1].reserved = 1;
  ok(ed_model_open(&model, bytes, size) == ED_CORRUPT, "a plan with what is reserved");
  list[1] = kept;
  struct ed_file_header *header = (void *)bytes;
  for (uint32_t count = 0; count <= 0xffff; count += count < 4 ? 1 : 0x3fff) {
    header->plan_count = (uint16_t)count;
    const bool opens = ed_model_open(&model, bytes, size) == ED_OK;
    if (opens != (count > 0 && count <= 3)) ok(false, "a count of plans that is not theirs");
  }
  free(bytes);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  size_t size;
  unsigned char *bytes = read_file(argv[1], &size);
  refusals(bytes, size);
  threads(argv[2]);
  plans(argv[3]);

  struct ed_model model;
  struct ed_session one, two;
  ok(ed_model_open(&model, bytes, size) == ED_OK && model.input_count == 1 && model.output_count == 1 && model.plan_count == 1, "counts");
  const size_t needed = ed_model_arena_size(&model, NULL);
  unsigned char *arenas[2] = {aligned(needed), aligned(needed)};
  ok(ed_session_init(&one, &model, 0, arenas[0], needed, NULL) == ED_OK && one.step_count == 2, "a session");
  ok(ed_session_init(&two, &model, 0, arenas[1], needed, NULL) == ED_OK, "another session of the same model");
  const struct ed_tensor x = ed_session_input(&one, 0);
  ok(!strcmp(x.name, "x0") && x.type == ED_F32 && x.rank == 2 && x.shape[0] == 1 && x.shape[1] == 5 && x.bytes == 20, "an input's facts");
  ok(!ed_session_input(&one, 1).data && !ed_session_output(&one, 7).data, "no tensor beyond the last");
  ok(computes(&one, 1) && computes(&two, 10) && computes(&one, -3), "runs again and again, inputs unchanged");
  ok(((float *)ed_session_output(&two, 0).data)[0] == 43, "sessions do not disturb each other");

  struct calls calls = {0};
  ed_session_on_step(&one, count, &calls);
  ed_session_run(&one);
  ok(calls.before == 2 && calls.after == 2 && calls.named, "the hook sees every step before and after");
  ed_session_on_step(&one, NULL, NULL);
  ed_session_run(&one);
  ok(calls.before == 2, "and is gone when removed");
  ok(ed_cpu_paths() & ED_CPU_REF, "every CPU runs the reference path");
  for (int status = ED_OK; status <= ED_BAD_ARGUMENT + 1; status++)
    if (strlen(ed_status_text((enum ed_status)status)) < 8) ok(false, "a status without text");
  free(arenas[0]);
  free(arenas[1]);
  free(bytes);
  printf("1..%d\n", number);
  return failures > 0;
}
