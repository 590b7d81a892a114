#ifndef ED_RUNNER_POOL_H
#define ED_RUNNER_POOL_H
#include "../include/edge_deploy.h"

/* Starts count − 1 threads that help the caller's; NULL for one thread. Lives until the program ends. */
const struct ed_threads *pool_start(uint32_t count);

#endif
