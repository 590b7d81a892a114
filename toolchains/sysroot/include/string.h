/*
 * C library functions that the library calls, declared for systems whose headers do not come with the compiler: Android and
 * iOS. Signatures are those of ISO C11 (7.24). What is missing here fails to compile, not to link.
 */
#ifndef EDGE_DEPLOY_SYSROOT_STRING_H
#define EDGE_DEPLOY_SYSROOT_STRING_H
#include <stddef.h>

int memcmp(const void *left, const void *right, size_t bytes);
void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
#endif
