/*
 * Opens a program file that nobody vouches for and runs what opens: what the fuzzers of this folder share. Under AddressSanitizer
 * and else with forbidden pages, every buffer ends where memory that may not be touched begins.
 */
#ifndef OPEN_AND_RUN_H
#define OPEN_AND_RUN_H
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../kernels/core/file.h"
#include "../../kernels/core/op.h"

#define MOST_ARENA (64u << 20)
#define MOST_PLANS 8
/* A case that takes longer counts as a hang. */
#define LIMIT_SECONDS 20

static uint64_t state;

/* xorshift64*: the next number below `limit`. */
static uint32_t below(uint32_t limit) {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return (uint32_t)((state * 2685821657736338717u) >> 33) % limit;
}

/* `size` bytes, aligned to 64, in front of memory that may not be touched. */
#if defined(__SANITIZE_ADDRESS__)
static void *take(size_t size) {
  void *memory;
  if (posix_memalign(&memory, 64, size) != 0) exit(2);
  return memory;
}

static void give_back(void *memory, size_t size) {
  (void)size;
  free(memory);
}
#else
static size_t whole_pages(size_t size) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  return (size + page - 1) / page * page;
}

static void *take(size_t size) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = whole_pages(size);
  unsigned char *memory = mmap(NULL, pages + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED || mprotect(memory + pages, page, PROT_NONE) != 0) exit(2);
  return memory + (pages - size) / 64 * 64;
}

static void give_back(void *memory, size_t size) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  munmap((void *)((uintptr_t)memory / page * page), whole_pages(size) + page);
}
#endif

/* Numbers that no conversion and no index expects, besides ordinary ones. */
static void fill(unsigned char *arena, size_t size) {
  static const unsigned char patterns[] = {0x00, 0x3e, 0x7f, 0x80, 0xff};
  const uint32_t choice = below(8);
  if (choice < sizeof patterns) {
    memset(arena, patterns[choice], size);
    return;
  }
  for (size_t i = 0; i + 4 <= size; i += 4) {
    const uint32_t word = choice == 5 ? below(16) - 4 : below(UINT32_MAX) << 1;
    memcpy(arena + i, &word, 4);
  }
}

static void run_backwards(void *self, uint32_t count, void (*task)(void *, uint32_t), void *argument) {
  (void)self;
  while (count-- > 0) task(argument, count);
}

#define FENCE 0x5a

/*
 * Opens and, when the arena is small enough, runs every plan once in one arena; counts what opened and what ran. What lies between the end of the plan's own
 * arena and that of the library's must stay as it is.
 */
static void open_and_run(const unsigned char *file, size_t size, unsigned *opened, unsigned *ran) {
  static const uint32_t counts[] = {0, 1, 1, 2, 5, 64};
  const struct ed_threads threads = {.count = counts[below(6)], .run = run_backwards};
  struct ed_model model;
  if (ed_model_open(&model, file, size) != ED_OK) return;
  ++*opened;
  const size_t needed = ed_model_arena_size(&model, &threads);
  if (needed > MOST_ARENA) return;
  unsigned char *arena = take(needed);
  bool all = true;
  for (uint32_t plan = 0; plan < model.plan_count && plan < MOST_PLANS; plan++) {
    const size_t own = ed_file_plans((const void *)file)[plan].arena_bytes, end = (size_t)model.private_[ED_MODEL_ARENA] + ED_OVER_READ;
    memset(arena + own, FENCE, needed - own);
    fill(arena, own);
    for (uint32_t i = 0; i < model.input_count; i++) (void)strlen(ed_model_input(&model, plan, i).name);
    struct ed_session session;
    all = all && ed_session_init(&session, &model, plan, arena, needed, &threads) == ED_OK;
    if (!all) break;
    for (uint32_t i = 0; i < model.output_count; i++) (void)strlen(ed_session_output(&session, i).name);
    if (ed_session_run(&session) != ED_OK) abort();
    for (size_t i = own; i < end; i++)
      if (arena[i] != FENCE) abort();
  }
  *ran += all;
  give_back(arena, needed);
}
#endif
