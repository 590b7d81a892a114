/* bionic's: the number is behind a function of its own name; the values are those of Linux on every ARM. */
#ifndef EDGE_DEPLOY_BIONIC_ERRNO_H
#define EDGE_DEPLOY_BIONIC_ERRNO_H
#define EINTR 4
#define ENOMEM 12

int *__errno(void) __attribute__((const));
#define errno (*__errno())
#endif
