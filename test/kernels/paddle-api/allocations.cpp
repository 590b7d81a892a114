// allocations MODEL: a run takes no memory, with helper threads or without. Prints how often it did. The library itself cannot:
// it asks for no such function (test/kernels/library.test.ts).
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <vector>

#include "paddle_api.h"

using namespace paddle::lite_api;  // NOLINT

static std::atomic<size_t> allocations{0};

void *operator new(size_t size) {
  allocations++;
  if (void *memory = std::malloc(size > 0 ? size : 1)) return memory;
  throw std::bad_alloc();
}
void operator delete(void *memory) noexcept { std::free(memory); }
void operator delete(void *memory, size_t) noexcept { std::free(memory); }

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  size_t taken = 0;
  for (int threads : {1, 2}) {
    MobileConfig config;
    config.set_model_from_file(argv[1]);
    config.set_threads(threads);
    config.set_power_mode(LITE_POWER_RAND_HIGH);
    const auto predictor = CreatePaddlePredictor<MobileConfig>(config);
    const auto input = predictor->GetInput(0);
    input->Resize(input->shape());
    std::vector<float> external(28 * 28, 0.5f);
    for (bool shares : {false, true}) {
      if (shares) input->ShareExternalMemory(external.data(), external.size() * sizeof(float), TARGET(kHost));
      const size_t before = allocations;
      for (int i = 0; i < 20; i++) predictor->Run();
      taken += allocations - before;
    }
  }
  std::printf("%zu allocations in 80 runs, %d before\n", taken, allocations > taken);
  return taken > 0;
}
