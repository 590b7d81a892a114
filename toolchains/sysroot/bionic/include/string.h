/* ISO C11, 7.24: what the natives call besides the library. */
#ifndef EDGE_DEPLOY_BIONIC_STRING_H
#define EDGE_DEPLOY_BIONIC_STRING_H
#include_next <string.h>

char *strerror(int number);
size_t strlen(const char *text);
#endif
