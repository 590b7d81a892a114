/* session PROGRAM: what edge_deploy.h promises, on a program with one input, one output and two steps. Prints TAP. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
  ok(ed_model_open(&model, bytes, 63) == ED_NOT_A_PROGRAM, "less than a header");
  ok(ed_model_open(&model, bytes, size) == ED_OK, "the program itself opens");

  unsigned char *arena = aligned(ed_model_arena_size(&model, NULL));
  const size_t needed = ed_model_arena_size(&model, NULL);
  struct ed_session session;
  ok(ed_session_init(&session, &model, NULL, needed, NULL) == ED_BAD_ARGUMENT, "no arena");
  ok(ed_session_init(&session, &model, arena + 4, needed, NULL) == ED_MISALIGNED, "an arena that is not aligned");
  ok(ed_session_init(&session, &model, arena, needed - 1, NULL) == ED_ARENA_TOO_SMALL, "an arena that is a byte too small");
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

int main(int argc, char **argv) {
  FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
  if (!file) return 2;
  unsigned char *bytes = aligned(1 << 20);
  const size_t size = fread(bytes, 1, 1 << 20, file);
  fclose(file);
  refusals(bytes, size);

  struct ed_model model;
  struct ed_session one, two;
  ok(ed_model_open(&model, bytes, size) == ED_OK && model.input_count == 1 && model.output_count == 1 && model.step_count == 2, "counts");
  const size_t needed = ed_model_arena_size(&model, NULL);
  unsigned char *arenas[2] = {aligned(needed), aligned(needed)};
  ok(ed_session_init(&one, &model, arenas[0], needed, NULL) == ED_OK, "a session");
  ok(ed_session_init(&two, &model, arenas[1], needed, NULL) == ED_OK, "another session of the same model");
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
