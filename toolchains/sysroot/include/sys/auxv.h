/* Linux: the auxiliary vector, and the two entries that name the CPU's instructions. */
#ifndef EDGE_DEPLOY_SYSROOT_AUXV_H
#define EDGE_DEPLOY_SYSROOT_AUXV_H
#define AT_HWCAP 16
#define AT_HWCAP2 26

unsigned long getauxval(unsigned long type);
#endif
