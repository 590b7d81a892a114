/* stack PROGRAM: prints how many bytes of stack opening and running a program take, on a thread whose stack was painted. */
#include <edge_deploy.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STACK_BYTES = 1 << 20, PAINT = 0xa5 };

static void *bytes;
static size_t size;

static void *aligned(size_t wanted) {
  void *memory;
  if (posix_memalign(&memory, 64, wanted + 64) != 0) exit(2);
  return memset(memory, 0, wanted + 64);
}

static void *arena;
static size_t arena_bytes;

static void *run(void *argument) {
  struct ed_model model;
  struct ed_session session;
  if (ed_model_open(&model, bytes, size) != ED_OK) exit(3);
  if (ed_session_init(&session, &model, 0, arena, arena_bytes, NULL) != ED_OK) exit(4);
  if (ed_session_run(&session) != ED_OK) exit(5);
  return argument;
}

static void *do_nothing(void *argument) { return argument; }

static size_t stack_of(void *(*work)(void *)) {
  unsigned char *stack = aligned(STACK_BYTES);
  memset(stack, PAINT, STACK_BYTES);
  pthread_attr_t attributes;
  pthread_t thread;
  if (pthread_attr_init(&attributes) != 0 || pthread_attr_setstack(&attributes, stack, STACK_BYTES) != 0) exit(6);
  if (pthread_create(&thread, &attributes, work, NULL) != 0 || pthread_join(thread, NULL) != 0) exit(7);
  size_t untouched = 0;
  while (untouched < STACK_BYTES && stack[untouched] == PAINT) untouched++;
  free(stack);
  return STACK_BYTES - untouched;
}

int main(int argc, char **argv) {
  FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
  if (!file || fseek(file, 0, SEEK_END) != 0) return 2;
  size = (size_t)ftell(file);
  rewind(file);
  bytes = aligned(size);
  if (fread(bytes, 1, size, file) != size) return 2;
  fclose(file);
  struct ed_model model;
  if (ed_model_open(&model, bytes, size) != ED_OK) return 3;
  arena_bytes = ed_model_arena_size(&model, NULL);
  arena = aligned(arena_bytes);
  printf("%zu\n", stack_of(run) - stack_of(do_nothing));
  return 0;
}
