// Classifies one picture with a compiled model: a complete program over edge_deploy.h.
//
//   classify PROGRAM PICTURE.pgm
//
// PICTURE is a binary PGM (P5, 8 bits) of a height and width that the model was compiled for; the model takes pixel / 255.
// Prints the three best classes with their scores.
#include <edge_deploy.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

static void check(bool ok, const char *why) {
  if (ok) return;
  std::fprintf(stderr, "classify: %s\n", why);
  std::exit(1);
}

static void check(ed_status status) { check(status == ED_OK, ed_status_text(status)); }

// Memory as the library wants it: aligned to 64 bytes.
static unsigned char *aligned(std::vector<unsigned char> &memory, size_t size) {
  void *at = (memory.resize(size + 63), memory.data());
  size_t space = memory.size();
  return static_cast<unsigned char *>(std::align(64, size, at, space));
}

int main(int argc, char **argv) {
  check(argc == 3, "usage: classify PROGRAM PICTURE.pgm");
  std::ifstream file(argv[1], std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  std::vector<unsigned char> programMemory, arenaMemory;
  unsigned char *program = aligned(programMemory, bytes.size());
  std::copy(bytes.begin(), bytes.end(), program);

  ed_model model;
  check(ed_model_open(&model, program, bytes.size()));
  std::ifstream picture(argv[2], std::ios::binary);
  std::string magic;
  size_t width = 0, height = 0, white = 0;
  picture >> magic >> width >> height >> white;
  picture.get();
  check(magic == "P5" && white == 255, "not a PGM of 8 bits");

  // The program has a plan for every shape it was compiled for.
  const auto fits = [&](const ed_tensor &image) { return image.shape[2] == height && image.shape[3] == width; };
  uint32_t plan = 0;
  while (plan < model.plan_count && !fits(ed_model_input(&model, plan, 0))) plan++;
  check(plan < model.plan_count, "the model was not compiled for pictures of this size");

  const size_t arenaSize = ed_model_arena_size(&model, nullptr);
  ed_session session;
  check(ed_session_init(&session, &model, plan, aligned(arenaMemory, arenaSize), arenaSize, nullptr));
  const ed_tensor image = ed_session_input(&session, 0);
  for (size_t i = 0; i < width * height; i++) static_cast<float *>(image.data)[i] = static_cast<float>(picture.get()) / 255;
  check(picture.good(), "the picture is cut");
  check(ed_session_run(&session));

  const ed_tensor scores = ed_session_output(&session, 0);
  const float *score = static_cast<const float *>(scores.data);
  std::vector<size_t> classes(scores.bytes / sizeof(float));
  std::iota(classes.begin(), classes.end(), 0);
  std::sort(classes.begin(), classes.end(), [=](size_t a, size_t b) { return score[a] > score[b]; });
  for (size_t i = 0; i < 3 && i < classes.size(); i++) std::printf("%zu %.4f\n", classes[i], score[classes[i]]);
}
