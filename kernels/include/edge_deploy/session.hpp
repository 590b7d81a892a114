/* A model in memory and a session over it, as C++ objects that own what edge_deploy.h wants to be given. */
#ifndef EDGE_DEPLOY_SESSION_HPP
#define EDGE_DEPLOY_SESSION_HPP
#include <edge_deploy.h>
#include <edge_deploy/error.hpp>
#include <edge_deploy/power_mode.h>
#include <edge_deploy/thread_pool.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace edge_deploy {

using Shape = std::vector<int64_t>;

/* Zeroed memory that begins at a multiple of 64 bytes. */
class AlignedBytes {
 public:
  explicit AlignedBytes(size_t size) : memory_(size + 63), size_(size) {
    void *start = memory_.data();
    size_t space = memory_.size();
    start_ = static_cast<unsigned char *>(std::align(64, size, start, space));
  }
  AlignedBytes(const AlignedBytes &) = delete;
  AlignedBytes &operator=(const AlignedBytes &) = delete;

  unsigned char *data() const { return start_; }
  size_t size() const { return size_; }

 private:
  std::vector<unsigned char> memory_;
  size_t size_;
  unsigned char *start_;
};

/* A checked program. Any number of sessions on any threads may use it at once. */
class Model {
 public:
  /* Copies the bytes. Null, after fail(), when they are no program for this machine. */
  static std::shared_ptr<const Model> open(const void *bytes, size_t size, const std::string &name) {
    std::shared_ptr<Model> model(new Model(bytes, size));
    const ed_status status = ed_model_open(&model->model_, model->bytes_.data(), size);
    if (status == ED_OK) return model;
    std::string why = name + ": " + ed_status_text(status);
    if (status == ED_NOT_A_PROGRAM && is_naive_buffer(bytes, size)) {
      why = name + " is a model of Paddle-Lite (.nb). Convert it once: edge-deploy build " + name +
            " -t TARGET -o model.edp";
    }
    fail(why);
    return nullptr;
  }

  /* Likewise of a file. */
  static std::shared_ptr<const Model> read(const std::string &path) {
    std::FILE *file = std::fopen(path.c_str(), "rb");
    std::vector<unsigned char> bytes;
    bool ok = file != nullptr;
    for (unsigned char piece[65536]; ok;) {
      const size_t count = std::fread(piece, 1, sizeof piece, file);
      bytes.insert(bytes.end(), piece, piece + count);
      if (count < sizeof piece) {
        ok = std::ferror(file) == 0;
        break;
      }
    }
    const int reason = errno;
    if (file) std::fclose(file);
    if (ok) return open(bytes.data(), bytes.size(), path);
    fail(path + " cannot be read: " + std::strerror(reason));
    return nullptr;
  }

  const ed_model &get() const { return model_; }

 private:
  Model(const void *bytes, size_t size) : bytes_(size) { std::memcpy(bytes_.data(), bytes, size); }

  /* u16 version 0, 1 or 2; from 2 on the release follows, "v2." or what git calls it. */
  static bool is_naive_buffer(const void *bytes, size_t size) {
    const unsigned char *head = static_cast<const unsigned char *>(bytes);
    return size > 18 && head[0] <= 2 && head[1] == 0;
  }

  AlignedBytes bytes_;
  ed_model model_;
};

inline Shape shape_of(const ed_tensor &tensor) { return Shape(tensor.shape, tensor.shape + tensor.rank); }

/* "1x3x48x192" */
inline std::string text_of(const Shape &shape) {
  std::string text;
  for (int64_t size : shape) text += (text.empty() ? "" : "x") + std::to_string(size);
  return text.empty() ? "a scalar" : text;
}

/* Inputs, outputs and runs. For one thread at a time. */
class Session {
 public:
  /*
   * Null, after fail(), when this machine cannot run the model. A power mode other than NO_BIND limits the threads to the cores
   * of its kind, and binds them and the calling thread to these.
   */
  static std::shared_ptr<Session> open(std::shared_ptr<const Model> model, uint32_t threads,
                                       ed_power_mode mode = ED_POWER_NO_BIND) {
    ed_cores cores = ed_cores();
    if (mode != ED_POWER_NO_BIND) ed_cores_read(&cores, "");
    std::shared_ptr<Session> session(new Session(std::move(model), cores, ed_power_choose(&cores, mode, threads, 0)));
    if (!session->start(0)) return nullptr;
    session->bind_all();
    return session;
  }

  const std::shared_ptr<const Model> &model() const { return model_; }
  uint32_t threads() const { return pool_.get()->count; }
  ed_power_mode power_mode() const { return binding_.mode; }
  uint32_t input_count() const { return model_->get().input_count; }
  uint32_t output_count() const { return model_->get().output_count; }

  ed_tensor input(uint32_t index) const {
    ed_tensor tensor = ed_session_input(&session_, index);
    if (index < external_.size() && external_[index]) tensor.data = external_[index];
    return tensor;
  }
  ed_tensor output(uint32_t index) const { return ed_session_output(&session_, index); }

  /*
   * Chooses a plan in which input `index` has this shape and, if there is one, the others have theirs. Other inputs keep what
   * they hold where their shapes stay. False, after fail(), when the model was not compiled for the shape.
   */
  bool resize(uint32_t index, const Shape &shape) {
    int64_t chosen = plan_for(index, shape, true);
    if (chosen < 0) chosen = plan_for(index, shape, false);
    if (chosen < 0) {
      fail(refusal(index, shape));
      return false;
    }
    wanted_[index] = shape;
    external_[index] = nullptr;
    return static_cast<uint32_t>(chosen) == session_.plan || change(static_cast<uint32_t>(chosen));
  }

  /* Reads the input from the caller's memory at every run, until it is resized. */
  bool borrow(uint32_t index, void *memory, size_t bytes) {
    const ed_tensor tensor = ed_session_input(&session_, index);
    if (bytes < tensor.bytes) {
      fail(std::string("input '") + tensor.name + "' takes " + std::to_string(tensor.bytes) + " bytes, not " +
           std::to_string(bytes));
      return false;
    }
    external_[index] = memory;
    /* So that a run never reads more of it: a plan that another input's shape chose may have another one here. */
    wanted_[index] = shape_of(tensor);
    return true;
  }

  bool run() {
    for (uint32_t index = 0; index < input_count(); index++) {
      if (!wanted_[index].empty() && !fits(session_.plan, index, wanted_[index])) {
        fail("the model was compiled for each of these input shapes, but not for all of them together");
        return false;
      }
      const ed_tensor tensor = ed_session_input(&session_, index);
      if (external_[index]) std::memcpy(tensor.data, external_[index], tensor.bytes);
    }
    bind();
    const ed_status status = ed_session_run(&session_);
    if (status != ED_OK) fail(ed_status_text(status));
    return status == ED_OK;
  }

 private:
  Session(std::shared_ptr<const Model> model, const ed_cores &cores, const ed_binding &binding)
      : model_(std::move(model)),
        cores_(cores),
        binding_(binding),
        pool_(binding.threads),
        arena_(ed_model_arena_size(&model_->get(), pool_.get())),
        wanted_(model_->get().input_count),
        external_(model_->get().input_count) {}

  bool start(uint32_t plan) {
    const ed_status status =
        ed_session_init(&session_, &model_->get(), plan, arena_.data(), arena_.size(), pool_.get());
    if (status != ED_OK) fail(ed_status_text(status));
    return status == ED_OK;
  }

  /*
   * Before every run: it may be on another thread than the last one, or that thread may have run a session of another mode. What
   * was bound stays bound, as in Paddle-Lite: to undo it after each run would move the thread twice, away from its cache.
   */
  void bind() {
    const bool rotates = binding_.mode == ED_POWER_RAND_HIGH || binding_.mode == ED_POWER_RAND_LOW;
    if (!rotates || ++calls_ % 10 != 0) {
      ed_power_bind(&binding_);
      return;
    }
    binding_ = ed_power_choose(&cores_, binding_.mode, binding_.threads, calls_);
    bind_all();
  }

  void bind_all() {
    const ed_threads *const threads = pool_.get();
    const auto bind_one = [](void *binding, uint32_t) { ed_power_bind(static_cast<const ed_binding *>(binding)); };
    if (binding_.mode != ED_POWER_NO_BIND) threads->run(threads->self, threads->count, bind_one, &binding_);
  }

  bool change(uint32_t plan) {
    std::vector<std::vector<unsigned char>> kept(input_count());
    for (uint32_t index = 0; index < input_count(); index++) {
      const ed_tensor tensor = ed_session_input(&session_, index);
      const unsigned char *data = static_cast<const unsigned char *>(tensor.data);
      if (fits(plan, index, shape_of(tensor))) kept[index].assign(data, data + tensor.bytes);
    }
    if (!start(plan)) return false;
    for (uint32_t index = 0; index < input_count(); index++) {
      if (!kept[index].empty()) std::memcpy(ed_session_input(&session_, index).data, kept[index].data(), kept[index].size());
    }
    return true;
  }

  /* Takes no memory: every run asks it. */
  bool fits(uint32_t plan, uint32_t index, const Shape &shape) const {
    const ed_tensor tensor = ed_model_input(&model_->get(), plan, index);
    return tensor.rank == shape.size() && std::equal(shape.begin(), shape.end(), tensor.shape);
  }

  /* The plan in use, if it will do, or the first that does; −1 for none. `all`: also for the shapes of the other inputs. */
  int64_t plan_for(uint32_t index, const Shape &shape, bool all) const {
    const auto does = [&](uint32_t plan) { return fits(plan, index, shape) && (!all || matches_wanted(plan, index)); };
    if (does(session_.plan)) return session_.plan;
    for (uint32_t plan = 0; plan < model_->get().plan_count; plan++) {
      if (does(plan)) return plan;
    }
    return -1;
  }

  bool matches_wanted(uint32_t plan, uint32_t except) const {
    for (uint32_t index = 0; index < input_count(); index++) {
      if (index != except && !wanted_[index].empty() && !fits(plan, index, wanted_[index])) return false;
    }
    return true;
  }

  std::string refusal(uint32_t index, const Shape &shape) const {
    std::string known;
    for (uint32_t plan = 0; plan < model_->get().plan_count; plan++) {
      const std::string one = text_of(shape_of(ed_model_input(&model_->get(), plan, index)));
      if ((", " + known + ", ").find(", " + one + ", ") == std::string::npos) known += (known.empty() ? "" : ", ") + one;
    }
    const char *name = ed_model_input(&model_->get(), 0, index).name;
    return std::string("input '") + name + "' cannot be " + text_of(shape) + ": the model was compiled for " + known +
           ". Compile it with --input-shape " + name + "=" + text_of(shape) + " as well";
  }

  std::shared_ptr<const Model> model_;
  ed_cores cores_;
  ed_binding binding_;
  /* Runs, for the modes that count them. */
  uint32_t calls_ = 0;
  ThreadPool pool_;
  AlignedBytes arena_;
  ed_session session_;
  /* By input: the shape that was asked for, empty for none, and the caller's memory. */
  std::vector<Shape> wanted_;
  std::vector<void *> external_;
};

}  // namespace edge_deploy
#endif
