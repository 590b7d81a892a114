// Which way up does a line of text stand? The classifier of PP-OCR, through Paddle-Lite's C++ API.
//
//   text_orientation MODEL.edp PICTURE.ppm
//
// PICTURE is a binary PPM (P6, 8 bits) of any size. Prints `0 degrees` or `180 degrees` with the score.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "paddle_api.h"

using namespace paddle::lite_api;  // NOLINT

static const int kHeight = 48, kWidth = 192;

struct Picture {
  int height, width;
  std::vector<unsigned char> rgb;
};

static Picture ReadPicture(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::string magic;
  int width = 0, height = 0, white = 0;
  file >> magic >> width >> height >> white;
  file.get();
  if (magic != "P6" || white != 255 || width < 1 || height < 1 || width > 10000 || height > 10000)
    throw std::runtime_error(path + " is no PPM of 8 bits");
  Picture picture{height, width, std::vector<unsigned char>(size_t(3) * width * height)};
  if (!file.read(reinterpret_cast<char *>(picture.rgb.data()), picture.rgb.size()))
    throw std::runtime_error(path + " is cut");
  return picture;
}

// Where pixel `i` of `new_size` lies among `old_size` pixels, which are squares: between `low` and its right neighbour.
struct Place {
  Place(int i, int new_size, int old_size) {
    const float at = (i + 0.5f) * old_size / new_size - 0.5f;
    const float inside = std::max(0.0f, std::min(at, static_cast<float>(old_size - 1)));
    low = static_cast<int>(inside);
    high = std::min(low + 1, old_size - 1);
    share = inside - low;
  }
  int low, high;
  float share;
};

// As PaddleOCR does it: the height becomes 48 and the width follows, up to 192; (x / 255 - 0.5) / 0.5; zeros fill the right side.
static void Prepare(const Picture &picture, float *input) {
  const double proportion = static_cast<double>(picture.width) / picture.height;
  const int width = static_cast<int>(std::min<double>(kWidth, std::ceil(kHeight * proportion)));
  std::fill(input, input + 3 * kHeight * kWidth, 0.0f);
  for (int y = 0; y < kHeight; y++) {
    const Place row(y, kHeight, picture.height);
    for (int x = 0; x < width; x++) {
      const Place column(x, width, picture.width);
      for (int channel = 0; channel < 3; channel++) {
        // The network was trained on BGR.
        const auto at = [&](int v, int u) -> float {
          return picture.rgb[(static_cast<size_t>(v) * picture.width + u) * 3 + (2 - channel)];
        };
        const float left = at(row.low, column.low) * (1 - row.share) + at(row.high, column.low) * row.share;
        const float right = at(row.low, column.high) * (1 - row.share) + at(row.high, column.high) * row.share;
        const float value = left * (1 - column.share) + right * column.share;
        input[(channel * kHeight + y) * kWidth + x] = (value / 255 - 0.5f) / 0.5f;
      }
    }
  }
}

static void RunModel(const std::string &model_file, const std::string &picture_file) {
  const Picture picture = ReadPicture(picture_file);
  MobileConfig config;
  config.set_model_from_file(model_file);
  config.set_power_mode(LITE_POWER_HIGH);
  config.set_threads(1);
  std::shared_ptr<PaddlePredictor> predictor = CreatePaddlePredictor<MobileConfig>(config);

  std::unique_ptr<Tensor> input = predictor->GetInput(0);
  input->Resize({1, 3, kHeight, kWidth});
  Prepare(picture, input->mutable_data<float>());
  predictor->Run();

  const float *scores = predictor->GetOutput(0)->data<float>();
  const bool is_turned = scores[1] > scores[0];
  std::printf("%s degrees %.4f\n", is_turned ? "180" : "0", scores[is_turned]);
}

int main(int argc, char **argv) {
  try {
    if (argc != 3) throw std::runtime_error("usage: text_orientation MODEL.edp PICTURE.ppm");
    RunModel(argv[1], argv[2]);
    return 0;
  } catch (const std::exception &error) {
    std::fprintf(stderr, "text_orientation: %s\n", error.what());
    return 1;
  }
}
