/* The helper threads of the Java API, apart from it. Built with sanitizers. */
#include <stdio.h>

#include "../../../kernels/compat/jni/pool.h"

static uint32_t counts[8];

static void count(void *argument, uint32_t index) { counts[index] += *(const uint32_t *)argument; }

int main(void) {
  int wrong = 0;
  for (uint32_t threads = 0; threads <= 8; threads++) {
    struct pool pool;
    if (pool_start(&pool, threads) != 0) return 1;
    /* Not every round needs all of them. */
    for (uint32_t round = 0; round < 2000; round++) {
      const uint32_t tasks = threads == 0 ? 1 : 1 + round % threads;
      for (uint32_t index = 0; index < 8; index++) counts[index] = 0;
      pool.threads.run(pool.threads.self, tasks, count, &round);
      for (uint32_t index = 0; index < 8; index++) wrong += counts[index] != (index < tasks ? round : 0);
    }
    pool.threads.run(pool.threads.self, 0, count, NULL);
    pool_stop(&pool);
  }
  printf("%d wrong\n", wrong);
  return wrong != 0;
}
