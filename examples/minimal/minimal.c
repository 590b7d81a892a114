/*
 * The smallest whole program over edge_deploy.h:
 *
 *   minimal model.edp [INPUT.bin …]
 *
 * Reads every input from a file of raw values in the machine's byte order (zeros where a file is missing), runs the model
 * once and prints its outputs, ten values of each.
 */
#include <edge_deploy.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void fail(const char *what, const char *why) {
  fprintf(stderr, "minimal: %s: %s\n", what, why);
  exit(1);
}

/* The library wants its bytes and its arena at multiples of 64. */
static void *allocate(size_t bytes) {
  void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64 + 64);
  if (memory == NULL) fail("memory", "there is not enough");
  return memory;
}

static void *read_file(const char *path, size_t *bytes) {
  FILE *file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) fail(path, "cannot be read");
  const long size = ftell(file);
  if (size < 0) fail(path, "cannot be read");
  rewind(file);
  void *memory = allocate((size_t)size);
  if (fread(memory, 1, (size_t)size, file) != (size_t)size) fail(path, "cannot be read");
  fclose(file);
  *bytes = (size_t)size;
  return memory;
}

static void print_value(const struct ed_tensor *tensor, size_t i) {
  switch (tensor->type) {
    case ED_F32: printf(" %.9g", ((const float *)tensor->data)[i]); break;
    case ED_F64: printf(" %.17g", ((const double *)tensor->data)[i]); break;
    case ED_I64: printf(" %" PRId64, ((const int64_t *)tensor->data)[i]); break;
    case ED_I32: printf(" %" PRId32, ((const int32_t *)tensor->data)[i]); break;
    case ED_I16: printf(" %d", ((const int16_t *)tensor->data)[i]); break;
    case ED_I8: printf(" %d", ((const int8_t *)tensor->data)[i]); break;
    default: printf(" %d", ((const uint8_t *)tensor->data)[i]); break;
  }
}

static void print_tensor(const struct ed_tensor *tensor) {
  size_t count = 1;
  printf("%s [", tensor->name);
  for (uint32_t axis = 0; axis < tensor->rank; axis++) {
    printf("%s%" PRIu32, axis ? "," : "", tensor->shape[axis]);
    count *= tensor->shape[axis];
  }
  printf("]");
  for (size_t i = 0; i < count && i < 10; i++) print_value(tensor, i);
  printf("%s\n", count > 10 ? " …" : "");
}

int main(int argc, char **argv) {
  if (argc < 2) fail("usage", "minimal model.edp [INPUT.bin …]");
  size_t size;
  const void *bytes = read_file(argv[1], &size);
  struct ed_model model;
  enum ed_status status = ed_model_open(&model, bytes, size);
  if (status != ED_OK) fail(argv[1], ed_status_text(status));

  const size_t arena_size = ed_model_arena_size(&model, NULL);
  struct ed_session session;
  status = ed_session_init(&session, &model, 0, allocate(arena_size), arena_size, NULL);
  if (status != ED_OK) fail(argv[1], ed_status_text(status));

  for (uint32_t i = 0; i < model.input_count; i++) {
    const struct ed_tensor input = ed_session_input(&session, i);
    unsigned char *to = input.data;
    size_t given = 0;
    const unsigned char *from = (int)i + 2 < argc ? read_file(argv[i + 2], &given) : NULL;
    if (from && given != input.bytes) fail(argv[i + 2], "has another size than the input");
    for (size_t k = 0; k < input.bytes; k++) to[k] = from ? from[k] : 0;
  }
  status = ed_session_run(&session);
  if (status != ED_OK) fail("run", ed_status_text(status));
  for (uint32_t i = 0; i < model.output_count; i++) {
    const struct ed_tensor output = ed_session_output(&session, i);
    print_tensor(&output);
  }
  return 0;
}
