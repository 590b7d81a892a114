// A pool of 64 threads where the system has room for the stacks of fewer: prints how many there are and how often each ran.
#include <edge_deploy/thread_pool.hpp>

#include <sys/resource.h>

#include <atomic>
#include <cstdio>

int main() {
  rlimit limit;
  limit.rlim_cur = limit.rlim_max = 100u << 20;
  if (setrlimit(RLIMIT_AS, &limit) != 0) return 2;
  edge_deploy::ThreadPool pool(64);
  const ed_threads *threads = pool.get();
  static std::atomic<int> runs[64];
  for (int round = 0; round < 100; round++)
    threads->run(threads->self, threads->count, [](void *, uint32_t index) { runs[index]++; }, nullptr);
  for (uint32_t index = 0; index < threads->count; index++)
    if (runs[index] != 100) return 3;
  std::printf("%u\n", threads->count);
  return 0;
}
