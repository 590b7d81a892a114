#ifndef EDGE_DEPLOY_POWER_MODE_H
#define EDGE_DEPLOY_POWER_MODE_H
/*
 * Which cores a session's threads run on: Paddle-Lite's power modes, for Linux and Android. Elsewhere nothing is bound. A
 * header alone, C99 and C++11, without state; of the C library it needs open, read, close, snprintf and sched_setaffinity.
 *
 *   struct ed_cores cores;
 *   ed_cores_read(&cores, "");
 *   const struct ed_binding binding = ed_power_choose(&cores, ED_POWER_HIGH, 4, 0);
 *   ed_power_bind(&binding);      // on each of binding.threads threads, and on the one that calls ed_session_run
 *
 * A core is big when it is at least as fast as the middle between the slowest and the fastest one; where all are alike, all
 * are big. Its speed is its cpu_capacity, or where that tells nothing apart, its highest frequency.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
#define ED_INLINE inline
extern "C" {
#else
#define ED_INLINE static inline
#endif

/* Their numbers are Paddle-Lite's. */
enum ed_power_mode {
  ED_POWER_HIGH = 0,      /* big cores, the last ones first */
  ED_POWER_LOW = 1,       /* little cores, the first ones first; HIGH where there are none */
  ED_POWER_FULL = 2,      /* all cores, the big ones first */
  ED_POWER_NO_BIND = 3,   /* wherever the system's scheduler likes */
  ED_POWER_RAND_HIGH = 4, /* big cores, beginning with another one every 10 calls */
  ED_POWER_RAND_LOW = 5   /* little cores, likewise; HIGH where there are none */
};

enum { ED_MOST_CORES = 256, ED_CORES_A_WORD = 8 * (int)sizeof(unsigned long) };

/* The cores of this machine, filled by ed_cores_read. */
struct ed_cores {
  uint32_t count;              /* online ones; 0: not known */
  uint32_t big_count;
  uint16_t ids[ED_MOST_CORES]; /* the big ones, then the little ones, each in order */
  int bindable;                /* 0: a core is offline or tells no speed where others do, so that kinds cannot be told apart */
};

/* What a mode comes to on this machine. */
struct ed_binding {
  enum ed_power_mode mode;     /* the one that is in effect */
  uint32_t threads;            /* at least 1, at most the cores of the kind */
  unsigned long mask[ED_MOST_CORES / ED_CORES_A_WORD]; /* as sched_setaffinity takes it; empty for NO_BIND */
};

#if defined(__linux__)
/*
 * Their own headers would put `open`, `read` and `close` among the names of every program that includes this one, and declare
 * sched_setaffinity only after a _GNU_SOURCE that stands before everything else.
 */
extern int ed_open(const char *path, int flags, ...) __asm__("open");
extern ptrdiff_t ed_read(int file, void *bytes, size_t size) __asm__("read");
extern int ed_close(int file) __asm__("close");
extern int ed_sched_setaffinity(int thread, size_t bytes, const void *mask) __asm__("sched_setaffinity");

/* The beginning of a file; empty when it cannot be read. */
ED_INLINE void ed_cores_text(char *text, size_t size, const char *root, const char *name) {
  char path[512];
  const int length = snprintf(path, sizeof path, "%s/sys/devices/system/cpu/%s", root, name);
  text[0] = 0;
  if (length < 0 || (size_t)length >= sizeof path) return;
  const int file = ed_open(path, 02000000 /* O_RDONLY | O_CLOEXEC */);
  if (file < 0) return;
  const ptrdiff_t count = ed_read(file, text, size - 1);
  ed_close(file);
  text[count > 0 ? count : 0] = 0;
}

/* A decimal number; 0 for none. */
ED_INLINE uint32_t ed_cores_number(const char **text) {
  uint32_t number = 0;
  for (; **text >= '0' && **text <= '9'; ++*text) number = number * 10 + (uint32_t)(**text - '0');
  return number;
}

/* A list of cores, "0-3,6"; returns how many. */
ED_INLINE uint32_t ed_cores_list(uint16_t *ids, const char *root, const char *name) {
  char text[512];
  ed_cores_text(text, sizeof text, root, name);
  uint32_t count = 0;
  for (const char *at = text; *at >= '0' && *at <= '9'; at += *at == ',') {
    const uint32_t first = ed_cores_number(&at);
    if (*at == '-') at++;
    const uint32_t last = at[-1] == '-' ? ed_cores_number(&at) : first;
    for (uint32_t id = first; id <= last && id < ED_MOST_CORES && count < ED_MOST_CORES; id++) ids[count++] = (uint16_t)id;
  }
  return count;
}

/* Puts the big cores before the little ones by these speeds; 0 when all are alike. */
ED_INLINE int ed_cores_sort(struct ed_cores *cores, const uint32_t *speeds) {
  uint32_t slowest = UINT32_MAX, fastest = 0;
  for (uint32_t i = 0; i < cores->count; i++) {
    if (speeds[i] < slowest) slowest = speeds[i];
    if (speeds[i] > fastest) fastest = speeds[i];
  }
  const uint32_t middle = slowest + (fastest - slowest) / 2;
  uint16_t little[ED_MOST_CORES];
  uint32_t big_count = 0, little_count = 0;
  for (uint32_t i = 0; i < cores->count; i++) {
    if (speeds[i] >= middle) cores->ids[big_count++] = cores->ids[i];
    else little[little_count++] = cores->ids[i];
  }
  memcpy(cores->ids + big_count, little, little_count * sizeof *little);
  cores->big_count = big_count;
  return slowest < fastest;
}
#endif

/* Looks at /sys under `root`: "" is this machine's. A few file reads a core. */
ED_INLINE void ed_cores_read(struct ed_cores *cores, const char *root) {
  memset(cores, 0, sizeof *cores);
#if defined(__linux__)
  static const char *const files[] = {"cpu_capacity", "cpufreq/cpuinfo_max_freq"};
  uint16_t present[ED_MOST_CORES];
  const uint32_t present_count = ed_cores_list(present, root, "present");
  cores->count = cores->big_count = ed_cores_list(cores->ids, root, "online");
  cores->bindable = cores->count > 0 && cores->count == present_count;
  for (size_t i = 0; i < sizeof files / sizeof *files && cores->bindable; i++) {
    uint32_t speeds[ED_MOST_CORES], told = 0;
    for (uint32_t core = 0; core < cores->count; core++) {
      char name[64], text[32];
      snprintf(name, sizeof name, "cpu%u/%s", (unsigned)cores->ids[core], files[i]);
      ed_cores_text(text, sizeof text, root, name);
      const char *at = text;
      speeds[core] = ed_cores_number(&at);
      told += speeds[core] > 0;
    }
    if (told == cores->count && ed_cores_sort(cores, speeds)) return;
    cores->bindable = told == 0 || told == cores->count;
  }
#else
  (void)root;
#endif
}

/*
 * The cores for `threads` threads (0: one) in a mode; an unknown mode is NO_BIND. `calls`: how often this was asked before,
 * which only the RAND modes look at. Where the cores are not known, nothing is bound and the count stays as it is asked for.
 */
ED_INLINE struct ed_binding ed_power_choose(const struct ed_cores *cores, enum ed_power_mode mode, uint32_t threads,
                                            uint32_t calls) {
  struct ed_binding binding;
  memset(&binding, 0, sizeof binding);
  const uint32_t little_count = cores->count - cores->big_count;
  int low = mode == ED_POWER_LOW || mode == ED_POWER_RAND_LOW;
  if (!cores->bindable || (unsigned)mode > ED_POWER_RAND_LOW) mode = ED_POWER_NO_BIND;
  else if (low && little_count == 0) mode = ED_POWER_HIGH, low = 0;
  const int all = mode == ED_POWER_FULL || mode == ED_POWER_NO_BIND;
  const uint32_t first = all || !low ? 0 : cores->big_count;
  const uint32_t kind = all ? cores->count : low ? little_count : cores->big_count;
  if (threads == 0) threads = 1;
  if (kind > 0 && threads > kind) threads = kind;
  binding.mode = mode;
  binding.threads = threads;
  for (uint32_t i = 0; i < threads && mode != ED_POWER_NO_BIND; i++) {
    const int rotates = mode == ED_POWER_RAND_HIGH || mode == ED_POWER_RAND_LOW;
    const uint32_t place = mode == ED_POWER_HIGH ? kind - 1 - i : rotates ? (i + calls / 10) % kind : i;
    const unsigned id = cores->ids[first + place];
    binding.mask[id / ED_CORES_A_WORD] |= 1ul << (id % ED_CORES_A_WORD);
  }
  return binding;
}

/* Binds the calling thread, for good. 0 when the system refuses, as it does where none of the cores is this process's. */
ED_INLINE int ed_power_bind(const struct ed_binding *binding) {
  if (binding->mode == ED_POWER_NO_BIND) return 1;
#if defined(__linux__)
  return ed_sched_setaffinity(0, sizeof binding->mask, binding->mask) == 0;
#else
  return 0;
#endif
}

#ifdef __cplusplus
}
#endif
#endif
