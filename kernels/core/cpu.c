/* Which instruction sets this CPU can run, from the kernel's own report. */
#include "../include/edge_deploy.h"

#if defined(__linux__) && (defined(__aarch64__) || defined(__arm__))
#include <sys/auxv.h>
#endif

/* Bits of the Linux ABI, stated here because old C libraries lack the names. */
#define ED_HWCAP_ASIMDDP (1ul << 20)
#define ED_HWCAP2_I8MM (1ul << 13)
#define ED_HWCAP_ARM_NEON (1ul << 12)

uint32_t ed_cpu_paths(void) {
  uint32_t paths = ED_CPU_REF;
#if defined(__linux__) && defined(__aarch64__)
  paths |= ED_CPU_NEON;
  if (getauxval(AT_HWCAP) & ED_HWCAP_ASIMDDP) {
    paths |= ED_CPU_DOTPROD;
    if (getauxval(AT_HWCAP2) & ED_HWCAP2_I8MM) paths |= ED_CPU_I8MM;
  }
#elif defined(__linux__) && defined(__arm__)
  if (getauxval(AT_HWCAP) & ED_HWCAP_ARM_NEON) paths |= ED_CPU_NEON;
#elif defined(__ARM_NEON)
  paths |= ED_CPU_NEON;
#endif
  return paths;
}
