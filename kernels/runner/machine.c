#define _GNU_SOURCE
#include "machine.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#if defined(__aarch64__) || defined(__arm__)
#include <sys/auxv.h>
#endif

#include "../include/edge_deploy.h"
#include "json.h"

struct feature {
  unsigned long word, bit;
  const char *name;
};

/* Bits of the Linux ABI that matter to a reader of timings. */
#if defined(__aarch64__)
static const struct feature features[] = {
    {AT_HWCAP, 1, "asimd"},    {AT_HWCAP, 3, "aes"},      {AT_HWCAP, 7, "crc32"},  {AT_HWCAP, 8, "atomics"},
    {AT_HWCAP, 10, "asimdhp"}, {AT_HWCAP, 20, "asimddp"}, {AT_HWCAP, 22, "sve"},   {AT_HWCAP2, 1, "sve2"},
    {AT_HWCAP2, 13, "i8mm"},   {AT_HWCAP2, 14, "bf16"},   {AT_HWCAP2, 23, "sme"},
};
#elif defined(__arm__)
static const struct feature features[] = {
    {AT_HWCAP, 12, "neon"}, {AT_HWCAP, 13, "vfpv3"}, {AT_HWCAP, 16, "vfpv4"}, {AT_HWCAP, 17, "idiva"}, {AT_HWCAP, 24, "asimddp"},
};
#endif

static void list_features(char *text, size_t size) {
  text[0] = 0;
#if defined(__aarch64__) || defined(__arm__)
  for (size_t i = 0; i < sizeof features / sizeof *features; i++) {
    if (!(getauxval(features[i].word) >> features[i].bit & 1)) continue;
    const size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s", used ? " " : "", features[i].name);
  }
#else
  (void)size;
#endif
}

void print_cpu(void) {
  static const char *const names[] = {"ref", "neon", "dotprod", "i8mm"};
  const char *paths[4];
  size_t count = 0;
  for (uint32_t i = 0; i < 4; i++)
    if (ed_cpu_paths() >> i & 1) paths[count++] = names[i];
  struct utsname system;
  char text[256];
  list_features(text, sizeof text);
  const long cores = sysconf(_SC_NPROCESSORS_ONLN);
  json_begin("cpu");
  json_text("machine", uname(&system) == 0 ? system.machine : "unknown");
  json_texts("paths", paths, count);
  json_integer("cores", cores > 0 ? (uint64_t)cores : 1);
  json_text("features", text);
  json_end();
}

uint64_t peak_resident_bytes(void) {
  FILE *status = fopen("/proc/self/status", "re");
  char line[256];
  unsigned long long kilobytes = 0;
  while (status && fgets(line, sizeof line, status))
    if (sscanf(line, "VmHWM: %llu kB", &kilobytes) == 1) break;
  if (status) fclose(status);
  if (kilobytes > 0) return kilobytes * 1024;
  struct rusage usage;
  return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss * 1024 : 0;
}
