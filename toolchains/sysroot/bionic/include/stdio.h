/* ISO C11, 7.21: what the natives call of it. */
#ifndef EDGE_DEPLOY_BIONIC_STDIO_H
#define EDGE_DEPLOY_BIONIC_STDIO_H
#include <stddef.h>

int snprintf(char *restrict text, size_t size, const char *restrict format, ...) __attribute__((format(printf, 3, 4)));
#endif
