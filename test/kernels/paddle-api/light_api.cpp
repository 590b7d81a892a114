// A program as users of Paddle-Lite write them: nothing in it knows of edge-deploy.
//
//   light_api MODEL SHAPE[:SHAPE …] REPEATS THREADS POWER_MODE     inputs are ones; prints what each output holds
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "paddle_api.h"
#include "paddle_use_kernels.h"
#include "paddle_use_ops.h"

using namespace paddle::lite_api;  // NOLINT

static int64_t ShapeProduction(const shape_t &shape) {
  int64_t product = 1;
  for (auto size : shape) product *= size;
  return product;
}

static std::vector<shape_t> ParseShapes(const std::string &text) {
  std::vector<shape_t> shapes;
  std::stringstream all(text);
  for (std::string one; std::getline(all, one, ':');) {
    shape_t shape;
    std::stringstream sizes(one);
    for (std::string size; std::getline(sizes, size, ',');) shape.push_back(std::atoi(size.c_str()));
    shapes.push_back(shape);
  }
  return shapes;
}

static void RunModel(const std::string &model_file, const std::vector<shape_t> &shapes, int repeats, int threads,
                     PowerMode power_mode) {
  MobileConfig config;
  config.set_model_from_file(model_file);
  const bool is_opencl = IsOpenCLBackendValid(/*check_fp16_valid = false*/);
  if (is_opencl) {
    config.set_opencl_binary_path_name("/data/local/tmp/", "lite_opencl_kernel.bin");
    config.set_opencl_tune(CL_TUNE_NORMAL);
    config.set_opencl_precision(CL_PRECISION_FP16);
  } else {
    config.set_power_mode(power_mode);
    config.set_threads(threads);
  }
  std::shared_ptr<PaddlePredictor> predictor = CreatePaddlePredictor<MobileConfig>(config);
  for (size_t i = 0; i < shapes.size(); i++) {
    auto input_tensor = predictor->GetInput(static_cast<int>(i));
    input_tensor->Resize(shapes[i]);
    auto *input_data = input_tensor->mutable_data<float>();
    for (int64_t k = 0; k < ShapeProduction(input_tensor->shape()); k++) input_data[k] = 1;
  }
  predictor->Run();
  double total = 0;
  for (int i = 0; i < repeats; i++) {
    const auto start = std::chrono::steady_clock::now();
    predictor->Run();
    total += std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  }
  std::cout << "avg_duration:" << (repeats > 0 ? total / repeats : 0) << std::endl;
  for (size_t i = 0; i < predictor->GetOutputNames().size(); i++) {
    std::unique_ptr<const Tensor> output_tensor(predictor->GetOutput(static_cast<int>(i)));
    const float *output = output_tensor->data<float>();
    for (int64_t k = 0; k < ShapeProduction(output_tensor->shape()); k++)
      std::printf("out[%zu][%lld]:%.9g\n", i, static_cast<long long>(k), output[k]);
  }
}

int main(int argc, char **argv) {
  if (argc < 6) return 2;
  RunModel(argv[1], ParseShapes(argv[2]), std::atoi(argv[3]), std::atoi(argv[4]), static_cast<PowerMode>(std::atoi(argv[5])));
  return 0;
}
