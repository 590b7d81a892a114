// What only many runs show. Prints what was found to be wrong; `memory` also how many kB were resident.
//
//   endurance MODEL threads THREADS RUNS    predictors of one model on THREADS threads: every run gives the same
//   endurance MODEL memory COUNT            COUNT times: a predictor is made, run and destroyed
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "paddle_api.h"

using namespace paddle::lite_api;  // NOLINT

static std::atomic<int> wrong{0};

static void check(bool ok, const char *what) {
  if (ok) return;
  wrong++;
  std::printf("wrong: %s\n", what);
}

static std::shared_ptr<PaddlePredictor> open(const char *path, int threads) {
  MobileConfig config;
  config.set_model_from_file(path);
  config.set_threads(threads);
  return CreatePaddlePredictor<MobileConfig>(config);
}

static void fill(PaddlePredictor &predictor, int picture) {
  auto input = predictor.GetInput(0);
  input->Resize(input->shape());
  float *pixels = input->mutable_data<float>();
  for (int i = 0; i < 28 * 28; i++) pixels[i] = static_cast<float>((i * 7 + picture * 13) % 31) / 31;
}

static void threads(const char *path, int thread_count, int runs) {
  auto first = open(path, 1);
  std::vector<std::vector<float>> expected;
  for (int picture = 0; picture < 4; picture++) {
    fill(*first, picture);
    first->Run();
    const float *output = first->GetOutput(0)->data<float>();
    expected.emplace_back(output, output + 10);
  }
  check(expected[0] != expected[1], "pictures differ");
  std::vector<std::thread> threads;
  for (int i = 0; i < thread_count; i++) {
    threads.emplace_back([&, i] {
      const auto predictor = first->Clone();
      for (int run = 0; run < runs; run++) {
        const int picture = (i + run) % 4;
        fill(*predictor, picture);
        predictor->Run();
        const float *output = predictor->GetOutput(0)->data<float>();
        check(std::memcmp(output, expected[picture].data(), 10 * sizeof *output) == 0, "another output");
      }
    });
  }
  for (auto &thread : threads) thread.join();
}

static long resident() {
  std::ifstream file("/proc/self/status");
  for (std::string word; file >> word;) {
    long size = 0;
    if (word == "VmRSS:" && file >> size) return size;
  }
  return 0;
}

static void memory(const char *path, int count) {
  for (int i = 1; i <= count; i++) {
    const auto predictor = open(path, 1 + i % 2);
    fill(*predictor, i);
    predictor->Run();
    if (i == count / 10 || i == count) std::printf("%d: %ld kB\n", i, resident());
  }
}

int main(int argc, char **argv) {
  const std::string what = argc > 2 ? argv[2] : "";
  if (what == "threads" && argc == 5) threads(argv[1], std::atoi(argv[3]), std::atoi(argv[4]));
  else if (what == "memory" && argc == 4) memory(argv[1], std::atoi(argv[3]));
  else return 2;
  std::printf("%d wrong\n", wrong.load());
  return wrong == 0 ? 0 : 1;
}
