/* POSIX: what the natives call of it. */
#ifndef EDGE_DEPLOY_BIONIC_UNISTD_H
#define EDGE_DEPLOY_BIONIC_UNISTD_H
#include <stddef.h>

typedef ptrdiff_t ssize_t;

int close(int file);
ssize_t read(int file, void *to, size_t bytes);
#endif
