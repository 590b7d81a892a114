// Everything of paddle_api.h that light_api.cpp does not touch. With exceptions and without; prints what was found to be wrong.
//
//   surface FOLDER/model.edp DAMAGED_MODEL NB_FILE SUM
//
// The model takes 'x' of 1x1x28x28 or 1x1x56x56; SUM takes 'x' and 'y' of 1x4 and 1x4, 1x8 and 1x8, or 1x4 and 1x1.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "paddle_api.h"

using namespace paddle::lite_api;  // NOLINT

static int wrong = 0;

static void check(bool ok, const std::string &what) {
  if (ok) return;
  wrong++;
  std::printf("wrong: %s (last error: %s)\n", what.c_str(), LastError().c_str());
}

// The call has to fail with a message that holds `part`.
template <typename Call>
static void refuses(Call call, const std::string &part) {
#if defined(__cpp_exceptions)
  bool thrown = false;
  try {
    call();
  } catch (const std::runtime_error &error) {
    thrown = error.what() == LastError();
  }
  check(thrown, "an exception: " + part);
#else
  call();
#endif
  check(LastError().find(part) != std::string::npos, part);
}

static std::shared_ptr<PaddlePredictor> open(const std::string &path, int threads = 1) {
  MobileConfig config;
  config.set_model_from_file(path);
  config.set_threads(threads);
  return CreatePaddlePredictor(config);
}

static std::vector<float> outputs(PaddlePredictor &predictor) {
  auto output = predictor.GetOutput(0);
  std::vector<float> values(10);
  output->CopyToCpu(values.data());
  return values;
}

// `size` × `size` pixels that differ.
static std::vector<float> picture(int size) {
  std::vector<float> pixels(size * size);
  for (size_t i = 0; i < pixels.size(); i++) pixels[i] = static_cast<float>(i * 7 % 31) / 31;
  return pixels;
}

static std::vector<float> classify(PaddlePredictor &predictor, int size) {
  auto input = predictor.GetInput(0);
  input->Resize({1, 1, size, size});
  input->CopyFromCpu<float>(picture(size).data());
  predictor.Run();
  return outputs(predictor);
}

static void two_inputs(const std::string &path) {
  auto sum = open(path);
  auto x = sum->GetInputByName("x"), y = sum->GetInputByName("y");
  const auto first = [&] {
    sum->Run();
    return sum->GetOutput(0)->data<float>()[0];
  };
  x->mutable_data<float>()[0] = 1;
  y->mutable_data<float>()[0] = 2;
  check(first() == 3, "a sum");
  y->Resize({1, 1});
  check(x->data<float>()[0] == 1 && x->shape() == shape_t({1, 4}), "an input keeps what it holds when another is resized");
  y->mutable_data<float>()[0] = 5;
  check(first() == 6, "a sum in the other plan");

  x->Resize({1, 8});
  refuses([&] { sum->Run(); }, "but not for all of them together");
  y->Resize({1, 8});
  x->mutable_data<float>()[0] = y->mutable_data<float>()[0] = 4;
  check(first() == 8, "both resized, one after the other");

  auto other = open(path);
  std::vector<float> four(4, 1);
  other->GetInput(0)->ShareExternalMemory(four.data(), four.size() * sizeof(float), TARGET(kHost));
  other->GetInput(1)->Resize({1, 8});
  refuses([&] { other->Run(); }, "but not for all of them together");
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  two_inputs(argv[4]);
  auto predictor = open(argv[1]);
  const auto small = classify(*predictor, 28), large = classify(*predictor, 56);
  check(small != large, "two sizes give two results");
  check(classify(*predictor, 28) == small && classify(*predictor, 56) == large, "a live predictor changes its shape");

  refuses([&] { predictor->GetInput(0)->Resize({1, 1, 30, 28}); },
          "input 'x' cannot be 1x1x30x28: the model was compiled for 1x1x28x28, 1x1x56x56.");
  check(predictor->GetInput(0)->shape() == shape_t({1, 1, 56, 56}), "a refused shape changes nothing");
  refuses([&] { predictor->GetInput(0)->mutable_data<int64_t>(); }, "'x' holds float, not int64_t");
  refuses([&] { predictor->GetInput(1); }, "the model has no such input: it has 1");
  refuses([&] { predictor->GetOutput(-1); }, "the model has no such output: it has 1");
  refuses([&] { predictor->GetInputByName("y"); }, "no such input");
  refuses([] { open("/no/such/file"); }, "/no/such/file cannot be read: No such file");
  refuses([&] { open(argv[2]); }, ": ");
  refuses([&] { open(argv[3]); }, "is a model of Paddle-Lite (.nb). Convert it once: edge-deploy build");
  refuses([] { CreatePaddlePredictor(MobileConfig()); }, "the config names no model");

  check(predictor->GetInputNames() == std::vector<std::string>{"x"}, "the name of the input");
  check(predictor->GetInputByName("x")->shape().size() == 4, "an input by its name");
  const std::string output = predictor->GetOutputNames().at(0);
  check(predictor->GetTensor(output)->shape() == shape_t({1, 10}), "an output by its name");
  check(predictor->GetTensor("x")->precision() == PRECISION(kFloat), "a precision");
  check(predictor->GetOutput(0)->target() == TARGET(kHost) && predictor->GetOutput(0)->IsInitialized(), "a place");
  check(!predictor->GetVersion().empty() && predictor->TryShrinkMemory(), "the rest");
  predictor->GetInput(0)->SetLoD({{0, 1}});
  check(predictor->GetInput(0)->lod() == lod_t({{0, 1}}), "levels of detail");

  std::ifstream file(argv[1], std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  MobileConfig owned, borrowed;
  owned.set_model_from_buffer(bytes);
  check(classify(*CreatePaddlePredictor(owned), 28) == small, "a model from a string");
  borrowed.set_model_from_buffer(bytes.data(), bytes.size());
  check(classify(*CreatePaddlePredictor(borrowed), 28) == small, "a model from memory");

  const std::string path = argv[1];
  MobileConfig folder;
  folder.set_model_dir(path.substr(0, path.rfind('/')));
  check(classify(*CreatePaddlePredictor(folder), 28) == small, "a model in a folder");
  folder.set_model_dir("/no/such");
  refuses([&] { CreatePaddlePredictor(folder); }, "/no/such/model.edp cannot be read: No such file");

  auto external = picture(28);
  auto sharing = open(argv[1]);
  sharing->GetInput(0)->Resize({1, 1, 28, 28});
  sharing->GetInput(0)->ShareExternalMemory(external.data(), external.size() * sizeof(float), TARGET(kHost));
  sharing->Run();
  check(outputs(*sharing) == small && sharing->GetInput(0)->data<float>() == external.data(), "memory of the caller's");
  refuses([&] { sharing->GetInput(0)->ShareExternalMemory(external.data(), 5, TARGET(kHost)); }, "takes 3136 bytes, not 5");

  std::vector<std::thread> threads;
  std::vector<int> same(4);
  for (int i = 0; i < 4; i++) {
    threads.emplace_back([&, i] {
      auto clone = i % 2 == 0 ? predictor->Clone() : open(argv[1], 2);
      bool ok = true;
      for (int run = 0; run < 5; run++) ok = ok && classify(*clone, 28) == small && classify(*clone, 56) == large;
      same[i] = ok;
    });
  }
  for (auto &thread : threads) thread.join();
  check(same == std::vector<int>(4, 1), "predictors on four threads, some with helpers, agree");
  std::printf("%d wrong\n", wrong);
  return wrong == 0 ? 0 : 1;
}
