// Classifies one picture with a compiled model, through Paddle-Lite's C++ API.
//
//   classify MODEL.edp PICTURE.pgm
//
// PICTURE is a binary PGM (P5, 8 bits) of a height and width that the model was compiled for; the model takes pixel / 255.
// Prints the three best classes with their scores.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "paddle_api.h"

using namespace paddle::lite_api;  // NOLINT

struct Picture {
  int64_t height, width;
  std::vector<float> pixels;
};

static Picture ReadPicture(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::string magic;
  int64_t width = 0, height = 0, white = 0;
  file >> magic >> width >> height >> white;
  file.get();
  if (magic != "P5" || white != 255 || width < 1 || height < 1) throw std::runtime_error(path + " is no PGM of 8 bits");
  Picture picture{height, width, {}};
  for (int64_t left = width * height; left > 0 && file; left--)
    picture.pixels.push_back(static_cast<float>(file.get()) / 255);
  if (!file) throw std::runtime_error(path + " is cut");
  return picture;
}

static void RunModel(const std::string &model_file, const std::string &picture_file) {
  const Picture picture = ReadPicture(picture_file);
  MobileConfig config;
  config.set_model_from_file(model_file);
  config.set_power_mode(LITE_POWER_HIGH);
  config.set_threads(1);
  std::shared_ptr<PaddlePredictor> predictor = CreatePaddlePredictor<MobileConfig>(config);

  std::unique_ptr<Tensor> input = predictor->GetInput(0);
  input->Resize({1, 1, picture.height, picture.width});
  std::copy(picture.pixels.begin(), picture.pixels.end(), input->mutable_data<float>());
  predictor->Run();

  std::unique_ptr<const Tensor> output = predictor->GetOutput(0);
  const float *scores = output->data<float>();
  std::vector<size_t> classes(static_cast<size_t>(output->shape().back()));
  std::iota(classes.begin(), classes.end(), 0);
  std::stable_sort(classes.begin(), classes.end(), [=](size_t a, size_t b) { return scores[a] > scores[b]; });
  for (size_t i = 0; i < 3 && i < classes.size(); i++) std::printf("%zu %.4f\n", classes[i], scores[classes[i]]);
}

int main(int argc, char **argv) {
  try {
    if (argc != 3) throw std::runtime_error("usage: classify MODEL.edp PICTURE.pgm");
    RunModel(argv[1], argv[2]);
    return 0;
  } catch (const std::exception &error) {
    std::fprintf(stderr, "classify: %s\n", error.what());
    return 1;
  }
}
