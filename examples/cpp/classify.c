/*
 * Classifies one picture with a compiled model, in plain C over edge_deploy.h.
 *
 *   classify_c MODEL.edp PICTURE.pgm
 *
 * PICTURE is a binary PGM (P5, 8 bits) of a height and width that the model was compiled for; the model takes pixel / 255.
 * Prints the three best classes with their scores.
 */
#include <edge_deploy.h>
#include <stdio.h>
#include <stdlib.h>

static void check(int ok, const char *why) {
  if (ok) return;
  fprintf(stderr, "classify_c: %s\n", why);
  exit(1);
}

static void check_status(enum ed_status status) { check(status == ED_OK, ed_status_text(status)); }

/* Memory as the library wants it: aligned to 64 bytes. It is needed until the program ends. */
static void *take(size_t size) {
  unsigned char *memory = malloc(size + 63);
  check(memory != NULL, "out of memory");
  return memory + (64 - (uintptr_t)memory % 64) % 64;
}

/* The whole file; its size in *size. */
static void *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  check(file && fseek(file, 0, SEEK_END) == 0, "a file cannot be read");
  *size = (size_t)ftell(file);
  rewind(file);
  void *bytes = take(*size);
  check(fread(bytes, 1, *size, file) == *size, "a file cannot be read");
  fclose(file);
  return bytes;
}

int main(int argc, char **argv) {
  check(argc == 3, "usage: classify_c MODEL.edp PICTURE.pgm");
  size_t size;
  const void *bytes = read_file(argv[1], &size);
  struct ed_model model;
  check_status(ed_model_open(&model, bytes, size));

  FILE *picture = fopen(argv[2], "rb");
  unsigned width, height, white;
  check(picture && fscanf(picture, "P5 %u %u %u", &width, &height, &white) == 3 && white == 255, "not a PGM of 8 bits");
  fgetc(picture);

  /* The program has a plan for every shape it was compiled for. */
  uint32_t plan = 0;
  for (; plan < model.plan_count; plan++) {
    const struct ed_tensor image = ed_model_input(&model, plan, 0);
    if (image.shape[2] == height && image.shape[3] == width) break;
  }
  check(plan < model.plan_count, "the model was not compiled for pictures of this size");

  const size_t arena_size = ed_model_arena_size(&model, NULL);
  struct ed_session session;
  check_status(ed_session_init(&session, &model, plan, take(arena_size), arena_size, NULL));
  const struct ed_tensor image = ed_session_input(&session, 0);
  check(image.type == ED_F32 && image.bytes == sizeof(float) * width * height, "the model does not take one grey picture");
  float *pixels = image.data;
  for (size_t i = 0; i < (size_t)width * height; i++) pixels[i] = (float)fgetc(picture) / 255;
  check(!feof(picture), "the picture is cut");
  fclose(picture);
  check_status(ed_session_run(&session));

  const struct ed_tensor output = ed_session_output(&session, 0);
  const float *scores = output.data;
  const size_t count = output.bytes / sizeof *scores;
  unsigned char *printed = calloc(count, 1);
  check(printed != NULL, "out of memory");
  for (int rank = 0; rank < 3 && (size_t)rank < count; rank++) {
    size_t best = count;
    for (size_t i = 0; i < count; i++)
      if (!printed[i] && (best == count || scores[i] > scores[best])) best = i;
    printed[best] = 1;
    printf("%zu %.4f\n", best, scores[best]);
  }
  free(printed);
  return 0;
}
