/* Darwin: what the kernel knows by name. */
#ifndef EDGE_DEPLOY_SYSROOT_SYSCTL_H
#define EDGE_DEPLOY_SYSROOT_SYSCTL_H
#include <stddef.h>

int sysctlbyname(const char *name, void *old, size_t *old_size, void *value, size_t size);
#endif
