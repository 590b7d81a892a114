/*
 * Paddle-Lite's light API over edge-deploy's library: programs written for the one compile for the other.
 *
 *   MobileConfig config;
 *   config.set_model_from_file("model.edp");               // made by: edge-deploy build MODEL -t TARGET -o model.edp
 *   auto predictor = CreatePaddlePredictor<MobileConfig>(config);
 *   auto input = predictor->GetInput(0);
 *   input->Resize({1, 3, 224, 224});                        // one of the shapes that the model was compiled for
 *   std::copy(pixels.begin(), pixels.end(), input->mutable_data<float>());
 *   predictor->Run();
 *   const float *scores = predictor->GetOutput(0)->data<float>();
 *
 * Errors, where Paddle-Lite aborts the process, are std::runtime_error. Without exceptions (-fno-exceptions) functions that
 * return a pointer return null, Resize and Run leave things as they are, and LastError() tells why.
 *
 * A predictor is for one thread at a time; several of one model, made by Clone(), share its weights. Tensors stay valid
 * while the predictor lives, also across Resize; their data pointers until the next Resize. Outputs hold until the next Run.
 * Elements have the types the model has: data<float>() of a tensor of int64 is an error that names both.
 *
 * Power modes are Paddle-Lite's (edge_deploy/power_mode.h says which cores). CreatePaddlePredictor binds the predictor's helper
 * threads and the calling thread, Run the thread that calls it, and they stay bound, also when the predictor is gone: what
 * else such a thread does, or a thread that it makes, is kept to these cores until the program itself says otherwise.
 *
 * What has no meaning here is accepted and does nothing: OpenCL, Metal, NNAdapter, cache sizes.
 */
#ifndef PADDLE_API_H
#define PADDLE_API_H
#include <edge_deploy/session.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "paddle_place.h"

namespace paddle {
namespace lite_api {

using shape_t = std::vector<int64_t>;
using lod_t = std::vector<std::vector<uint64_t>>;

/* Why the last call on this thread failed; empty when none did. edge-deploy's own. */
inline const std::string &LastError() { return edge_deploy::last_error(); }

inline bool IsOpenCLBackendValid(bool /* check_fp16_valid */ = false) { return false; }
inline int GetOpenCLDeviceType() { return -1; }

namespace internal {

template <typename T>
struct Element;
/* clang-format off */
template <> struct Element<float> { static constexpr ed_type type = ED_F32; };
template <> struct Element<double> { static constexpr ed_type type = ED_F64; };
template <> struct Element<int8_t> { static constexpr ed_type type = ED_I8; };
template <> struct Element<uint8_t> { static constexpr ed_type type = ED_U8; };
template <> struct Element<int16_t> { static constexpr ed_type type = ED_I16; };
template <> struct Element<int32_t> { static constexpr ed_type type = ED_I32; };
template <> struct Element<int64_t> { static constexpr ed_type type = ED_I64; };
template <> struct Element<bool> { static constexpr ed_type type = ED_BOOL; };
/* clang-format on */

inline const char *name_of(ed_type type) {
  static const char *const names[] = {"float", "double", "int8_t", "uint8_t", "int16_t", "int32_t", "int64_t", "bool"};
  return names[type];
}

}  // namespace internal

/* An input or output of a predictor. */
class Tensor {
 public:
  Tensor(std::shared_ptr<edge_deploy::Session> session, bool is_input, uint32_t index, lod_t *lod)
      : session_(std::move(session)), is_input_(is_input), index_(index), lod_(lod) {}

  /* Inputs only. Fails for a shape the model was not compiled for, and lists those it was. */
  void Resize(const shape_t &shape) {
    if (is_input_) session_->resize(index_, shape);
    else if (shape != this->shape()) edge_deploy::fail(std::string("the output '") + get().name + "' has the shape it has");
  }
  shape_t shape() const { return edge_deploy::shape_of(get()); }

  template <typename T>
  const T *data() const {
    return static_cast<const T *>(checked<T>());
  }
  template <typename T>
  T *mutable_data(TargetType /* target */ = TargetType::kHost) const {
    return static_cast<T *>(checked<T>());
  }
  template <typename T, TargetType type = TargetType::kHost>
  void CopyFromCpu(const T *source) {
    if (void *to = checked<T>()) std::memcpy(to, source, get().bytes);
  }
  template <typename T>
  void CopyToCpu(T *target) const {
    if (const void *from = checked<T>()) std::memcpy(target, from, get().bytes);
  }
  /* The input's elements stay in the caller's memory, which every run reads. */
  void ShareExternalMemory(void *memory, size_t bytes, TargetType /* target */) {
    if (is_input_) session_->borrow(index_, memory, bytes);
    else edge_deploy::fail("an output has its own memory");
  }

  TargetType target() const { return TargetType::kHost; }
  PrecisionType precision() const {
    static const PrecisionType precisions[] = {PrecisionType::kFloat, PrecisionType::kFP64,  PrecisionType::kInt8,
                                               PrecisionType::kUInt8, PrecisionType::kInt16, PrecisionType::kInt32,
                                               PrecisionType::kInt64, PrecisionType::kBool};
    return precisions[get().type];
  }
  void SetPrecision(PrecisionType precision) {
    if (precision != this->precision()) edge_deploy::fail(std::string("'") + get().name + "' has another precision");
  }
  lod_t lod() const { return *lod_; }
  void SetLoD(const lod_t &lod) { *lod_ = lod; }
  bool IsInitialized() const { return true; }

 private:
  ed_tensor get() const { return is_input_ ? session_->input(index_) : session_->output(index_); }

  template <typename T>
  void *checked() const {
    const ed_tensor tensor = get();
    const ed_type asked = internal::Element<T>::type;
    if (tensor.type == asked) return tensor.data;
    edge_deploy::fail(std::string("'") + tensor.name + "' holds " + internal::name_of(tensor.type) + ", not " +
                      internal::name_of(asked));
    return nullptr;
  }

  std::shared_ptr<edge_deploy::Session> session_;
  bool is_input_;
  uint32_t index_;
  /* The predictor's: what SetLoD said. */
  lod_t *lod_;
};

class ConfigBase {
 public:
  explicit ConfigBase(PowerMode mode = LITE_POWER_NO_BIND, int threads = 1) : threads_(threads), mode_(mode) {}

  /* The folder of a file model.edp. */
  void set_model_dir(const std::string &path) { model_dir_ = path; }
  const std::string &model_dir() const { return model_dir_; }
  void set_threads(int threads) { threads_ = threads; }
  /* What is granted: no more than there are cores of the power mode's kind. */
  int threads() const { return static_cast<int>(granted().threads); }
  void set_power_mode(PowerMode mode) { mode_ = mode; }
  /* What is granted: another kind where there are no cores of this one, and NO_BIND where kinds cannot be told apart. */
  PowerMode power_mode() const { return static_cast<PowerMode>(granted().mode); }

  void set_opencl_binary_path_name(const std::string & /* path */, const std::string & /* name */) {}
  void set_opencl_tune(CLTuneMode /* mode */ = CL_TUNE_NONE, const std::string & /* path */ = "",
                       const std::string & /* name */ = "", size_t /* lws_repeats */ = 4) {}
  void set_opencl_precision(CLPrecisionType /* precision */ = CL_PRECISION_AUTO) {}
  void set_metal_lib_path(const std::string & /* path */) {}
  void set_metal_use_mps(bool /* use */) {}
  void set_nnadapter_device_names(const std::vector<std::string> & /* names */) {}
  void set_nnadapter_context_properties(const std::string & /* properties */) {}
  void set_nnadapter_model_cache_dir(const std::string & /* folder */) {}

 private:
  ed_binding granted() const {
    const uint32_t threads = static_cast<uint32_t>(std::max(1, threads_));
    ed_cores cores;
    ed_cores_read(&cores, "");
    // Asked only where /sys does not tell: some systems count the cores that the calling thread is bound to.
    const uint32_t known = cores.count > 0 ? cores.count : std::thread::hardware_concurrency();
    return ed_power_choose(&cores, static_cast<ed_power_mode>(mode_), known > 0 ? std::min(threads, known) : threads, 0);
  }

  std::string model_dir_;
  int threads_;
  PowerMode mode_;
};

class MobileConfig : public ConfigBase {
 public:
  void set_model_from_file(const std::string &path) { file_ = path; }
  void set_model_from_buffer(const std::string &bytes) { owned_ = bytes, is_owned_ = true; }
  void set_model_from_buffer(std::string &&bytes) { owned_ = std::move(bytes), is_owned_ = true; }
  /* Borrowed until the predictor is made. */
  void set_model_from_buffer(const char *bytes, size_t size) { borrowed_ = bytes, borrowed_size_ = size; }

  void set_precision_mode(PrecisionMode mode) { precision_mode_ = mode; }
  PrecisionMode precision_mode() const { return precision_mode_; }
  const std::string &lite_model_file() const { return is_owned_ ? owned_ : file_; }
  const char *lite_model_buffer_ptr() const { return borrowed_; }
  size_t lite_model_buffer_size() const { return borrowed_size_; }
  bool is_model_from_memory() const { return is_owned_ || borrowed_ != nullptr; }
  void SetArmL3CacheSize(L3CacheSetMethod /* method */ = L3CacheSetMethod::kDeviceL3Cache, int /* absolute */ = -1) {}
  bool check_fp16_valid() const { return false; }

 private:
  std::string file_, owned_;
  bool is_owned_ = false;
  const char *borrowed_ = nullptr;
  size_t borrowed_size_ = 0;
  PrecisionMode precision_mode_ = LITE_PRECISION_NORMAL;
};

class PaddlePredictor {
 public:
  explicit PaddlePredictor(std::shared_ptr<edge_deploy::Session> session)
      : session_(std::move(session)),
        input_lods_(session_->input_count()),
        output_lods_(session_->output_count()) {}
  PaddlePredictor(const PaddlePredictor &) = delete;
  PaddlePredictor &operator=(const PaddlePredictor &) = delete;
  virtual ~PaddlePredictor() = default;

  virtual std::unique_ptr<Tensor> GetInput(int i) { return tensor<Tensor>(true, i); }
  virtual std::unique_ptr<const Tensor> GetOutput(int i) const { return tensor<const Tensor>(false, i); }
  virtual void Run() { session_->run(); }

  virtual std::vector<std::string> GetInputNames() { return names(true); }
  virtual std::vector<std::string> GetOutputNames() { return names(false); }
  virtual std::unique_ptr<Tensor> GetInputByName(const std::string &name) {
    return tensor<Tensor>(true, find(names(true), name));
  }
  /* Of inputs and outputs: what lies between them has no place of its own. */
  virtual std::unique_ptr<const Tensor> GetTensor(const std::string &name) const {
    const int output = find(names(false), name);
    return output >= 0 ? tensor<const Tensor>(false, output) : tensor<const Tensor>(true, find(names(true), name));
  }

  virtual std::string GetVersion() const { return "edge-deploy"; }
  virtual bool TryShrinkMemory() { return true; }
  /* Another predictor of the same model, with its own inputs and outputs; the weights are shared. */
  virtual std::shared_ptr<PaddlePredictor> Clone() {
    std::shared_ptr<edge_deploy::Session> session =
        edge_deploy::Session::open(session_->model(), session_->threads(), session_->power_mode());
    return session ? std::make_shared<PaddlePredictor>(session) : nullptr;
  }

 private:
  template <typename T>
  std::unique_ptr<T> tensor(bool is_input, int i) const {
    std::vector<lod_t> &lods = is_input ? input_lods_ : output_lods_;
    if (i >= 0 && static_cast<size_t>(i) < lods.size()) {
      return std::unique_ptr<T>(new Tensor(session_, is_input, static_cast<uint32_t>(i), &lods[static_cast<size_t>(i)]));
    }
    edge_deploy::fail("the model has no such " + std::string(is_input ? "input" : "output") + ": it has " +
                      std::to_string(lods.size()));
    return nullptr;
  }

  std::vector<std::string> names(bool of_inputs) const {
    std::vector<std::string> result;
    const uint32_t count = of_inputs ? session_->input_count() : session_->output_count();
    for (uint32_t i = 0; i < count; i++) result.push_back((of_inputs ? session_->input(i) : session_->output(i)).name);
    return result;
  }

  static int find(const std::vector<std::string> &names, const std::string &name) {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? -1 : static_cast<int>(found - names.begin());
  }

  std::shared_ptr<edge_deploy::Session> session_;
  mutable std::vector<lod_t> input_lods_, output_lods_;
};

/* Null, or an exception, when the model cannot be read, is none, or needs a machine that this is not. */
template <class ConfigT>
std::shared_ptr<PaddlePredictor> CreatePaddlePredictor(const ConfigT &config);

template <>
inline std::shared_ptr<PaddlePredictor> CreatePaddlePredictor(const MobileConfig &config) {
  std::shared_ptr<const edge_deploy::Model> model;
  if (config.lite_model_buffer_ptr() != nullptr) {
    model = edge_deploy::Model::open(config.lite_model_buffer_ptr(), config.lite_model_buffer_size(), "the model in memory");
  } else if (config.is_model_from_memory()) {
    const std::string &bytes = config.lite_model_file();
    model = edge_deploy::Model::open(bytes.data(), bytes.size(), "the model in memory");
  } else if (config.lite_model_file().empty() && config.model_dir().empty()) {
    edge_deploy::fail("the config names no model: call set_model_from_file");
  } else if (config.lite_model_file().empty()) {
    model = edge_deploy::Model::read(config.model_dir() + "/model.edp");
  } else {
    model = edge_deploy::Model::read(config.lite_model_file());
  }
  if (!model) return nullptr;
  std::shared_ptr<edge_deploy::Session> session = edge_deploy::Session::open(
      model, static_cast<uint32_t>(config.threads()), static_cast<ed_power_mode>(config.power_mode()));
  return session ? std::make_shared<PaddlePredictor>(session) : nullptr;
}

}  // namespace lite_api
}  // namespace paddle
#endif
