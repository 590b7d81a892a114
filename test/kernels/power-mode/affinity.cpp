// affinity MODEL: the cores that predictors are bound to, as this machine's kernel tells them. Prints what was found to be wrong.
#include <dirent.h>
#include <sched.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "paddle_api.h"

using namespace paddle::lite_api;  // NOLINT

static int wrong = 0;

static void check(bool ok, const std::string &what) {
  if (ok) return;
  wrong++;
  std::printf("wrong: %s\n", what.c_str());
}

using Mask = std::vector<unsigned long>;

static Mask mask_of(pid_t thread) {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(thread, sizeof set, &set) != 0) return Mask();
  const unsigned long *words = reinterpret_cast<const unsigned long *>(&set);
  return Mask(words, words + sizeof ed_binding().mask / sizeof *words);
}

// What the kernel makes of a binding for a thread that may use `allowed`.
static Mask granted(const ed_binding &binding, const Mask &allowed) {
  Mask mask = allowed;
  bool any = false;
  for (size_t i = 0; i < mask.size(); i++) any = (mask[i] &= binding.mask[i]) != 0 || any;
  return any ? mask : allowed;
}

static std::vector<pid_t> threads() {
  std::vector<pid_t> ids;
  DIR *folder = opendir("/proc/self/task");
  while (const dirent *entry = readdir(folder)) {
    if (entry->d_name[0] != '.') ids.push_back(std::atoi(entry->d_name));
  }
  closedir(folder);
  return ids;
}

// On a thread of its own, since that stays bound.
template <typename Work>
static void apart(Work work) {
  std::thread(work).join();
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  ed_cores cores;
  ed_cores_read(&cores, "");
  check(cores.count > 0, "cores are known");
  const Mask free = mask_of(0);
  const auto open = [&](PowerMode mode, int count) {
    MobileConfig config;
    config.set_model_from_file(argv[1]);
    config.set_threads(count);
    config.set_power_mode(mode);
    const ed_binding expected = ed_power_choose(&cores, static_cast<ed_power_mode>(mode), count, 0);
    check(config.threads() == static_cast<int>(expected.threads), "the threads granted");
    check(config.power_mode() == static_cast<PowerMode>(expected.mode), "the mode granted");
    return CreatePaddlePredictor(config);
  };
  for (PowerMode mode : {LITE_POWER_HIGH, LITE_POWER_LOW, LITE_POWER_FULL, LITE_POWER_NO_BIND, LITE_POWER_RAND_HIGH,
                         LITE_POWER_RAND_LOW}) {
    for (int count : {1, 2, 1000}) {
      const std::string what = "mode " + std::to_string(mode) + ", threads " + std::to_string(count);
      const ed_binding binding = ed_power_choose(&cores, static_cast<ed_power_mode>(mode), count, 0);
      const Mask expected = binding.mode == ED_POWER_NO_BIND ? free : granted(binding, free);
      std::shared_ptr<PaddlePredictor> predictor;
      apart([&] {
        predictor = open(mode, count);
        check(mask_of(0) == expected, what + ": the thread that makes a predictor");
        size_t bound = 0;
        for (pid_t thread : threads()) bound += mask_of(thread) == expected;
        check(bound >= binding.threads, what + ": its helpers");
      });
      apart([&] {
        predictor->Run();
        check(mask_of(0) == expected, what + ": another thread that runs it");
      });
      apart([&] {
        const auto clone = predictor->Clone();
        check(mask_of(0) == expected, what + ": a clone");
      });
    }
  }
  apart([&] {
    const auto predictor = open(LITE_POWER_RAND_HIGH, 1);
    for (uint32_t call = 1; call <= 25; call++) {
      predictor->Run();
      const ed_binding binding = ed_power_choose(&cores, ED_POWER_RAND_HIGH, 1, call);
      check(binding.mode == ED_POWER_NO_BIND || mask_of(0) == granted(binding, free), "run " + std::to_string(call));
    }
  });
  check(mask_of(0) == free, "a thread that makes and runs nothing is free");
  std::printf("%d wrong\n", wrong);
  return wrong == 0 ? 0 : 1;
}
