/* Which instruction sets this CPU can run, from the kernel's own report. */
#include "../include/edge_deploy.h"

#if defined(__linux__) && (defined(__aarch64__) || defined(__arm__))
#include <sys/auxv.h>
#elif defined(__APPLE__) && defined(__aarch64__)
#include <sys/sysctl.h>

/* Systems before iOS 15 and macOS 12 do not know these names: what they do not confirm is not used. */
static int has_feature(const char *name) {
  int value = 0;
  size_t size = sizeof value;
  return sysctlbyname(name, &value, &size, NULL, 0) == 0 && value != 0;
}
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
#elif defined(__APPLE__) && defined(__aarch64__)
  paths |= ED_CPU_NEON;
  if (has_feature("hw.optional.arm.FEAT_DotProd")) {
    paths |= ED_CPU_DOTPROD;
    if (has_feature("hw.optional.arm.FEAT_I8MM")) paths |= ED_CPU_I8MM;
  }
#elif defined(__ARM_NEON)
  paths |= ED_CPU_NEON;
#endif
  return paths;
}
