/*
 * choose ROOT MODE THREADS CALLS …: what power modes come to where /sys stands in the folder ROOT. Prints a line for every three
 * arguments: the mode in effect, the threads, the cores. C99 and C++11.
 */
#include <edge_deploy/power_mode.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  struct ed_cores cores;
  ed_cores_read(&cores, argv[1]);
  for (int i = 2; i + 2 < argc; i += 3) {
    const enum ed_power_mode mode = (enum ed_power_mode)atoi(argv[i]);
    const struct ed_binding binding =
        ed_power_choose(&cores, mode, (uint32_t)atoi(argv[i + 1]), (uint32_t)atoi(argv[i + 2]));
    printf("%d %u:", (int)binding.mode, (unsigned)binding.threads);
    for (unsigned core = 0; core < ED_MOST_CORES; core++) {
      if (binding.mask[core / ED_CORES_A_WORD] >> (core % ED_CORES_A_WORD) & 1) printf(" %u", core);
    }
    printf("\n");
  }
  return 0;
}
