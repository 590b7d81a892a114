/* Paddle-Lite's names for where tensors are and what they hold, with its numbers. See paddle_api.h. */
#ifndef PADDLE_PLACE_H
#define PADDLE_PLACE_H

namespace paddle {
namespace lite_api {

enum class TargetType : int {
  kUnk = 0,
  kHost = 1,
  kX86 = 2,
  kCUDA = 3,
  kARM = 4,
  kOpenCL = 5,
  kAny = 6,
};

enum class PrecisionType : int {
  kUnk = 0,
  kFloat = 1,
  kInt8 = 2,
  kInt32 = 3,
  kAny = 4,
  kFP16 = 5,
  kBool = 6,
  kInt64 = 7,
  kInt16 = 8,
  kUInt8 = 9,
  kFP64 = 10,
};

enum class DataLayoutType : int { kUnk = 0, kNCHW = 1, kAny = 2, kNHWC = 3 };

/* Plain enumerations, so that their values stand in the namespace itself. */
enum PowerMode {
  LITE_POWER_HIGH = 0,
  LITE_POWER_LOW = 1,
  LITE_POWER_FULL = 2,
  LITE_POWER_NO_BIND = 3,
  LITE_POWER_RAND_HIGH = 4,
  LITE_POWER_RAND_LOW = 5,
};
enum PrecisionMode { LITE_PRECISION_NORMAL = 0, LITE_PRECISION_LOW = 1 };
enum CLTuneMode { CL_TUNE_NONE = 0, CL_TUNE_RAPID = 1, CL_TUNE_NORMAL = 2, CL_TUNE_EXHAUSTIVE = 3 };
enum CLPrecisionType { CL_PRECISION_AUTO = 0, CL_PRECISION_FP32 = 1, CL_PRECISION_FP16 = 2 };
enum class L3CacheSetMethod { kDeviceL3Cache = 0, kDeviceL2Cache = 1, kAbsolute = 2 };

}  // namespace lite_api
}  // namespace paddle

/* Paddle-Lite's own header names the values without their type where it gives defaults; programs do the same. */
#define TARGET(name) paddle::lite_api::TargetType::name
#define PRECISION(name) paddle::lite_api::PrecisionType::name
#define DATALAYOUT(name) paddle::lite_api::DataLayoutType::name

#endif
