/* ISO C11, 7.22: what the natives call of it. */
#ifndef EDGE_DEPLOY_BIONIC_STDLIB_H
#define EDGE_DEPLOY_BIONIC_STDLIB_H
#include <stddef.h>

void *calloc(size_t count, size_t bytes);
void free(void *memory);
void *malloc(size_t bytes);
#endif
