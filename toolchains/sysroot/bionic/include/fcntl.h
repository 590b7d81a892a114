/* Linux: flags of open, the same on 32-bit and 64-bit ARM. */
#ifndef EDGE_DEPLOY_BIONIC_FCNTL_H
#define EDGE_DEPLOY_BIONIC_FCNTL_H
#define O_RDONLY 0
#define O_CLOEXEC 02000000

int open(const char *path, int flags, ...);
#endif
