#ifndef EDGE_DEPLOY_H
#define EDGE_DEPLOY_H
/*
 * edge-deploy's inference library: open a program file, give it memory, run it.
 *
 *   static _Alignas(64) unsigned char arena[1 << 20];
 *
 *   struct ed_model model;
 *   enum ed_status status = ed_model_open(&model, bytes, size);            // bytes: the whole file, mapped or read
 *   if (status != ED_OK) fail(ed_status_text(status));
 *   if (ed_model_arena_size(&model, NULL) > sizeof arena) fail("arena too small");
 *
 *   struct ed_session session;
 *   status = ed_session_init(&session, &model, arena, sizeof arena, NULL);
 *   struct ed_tensor image = ed_session_input(&session, 0);
 *   memcpy(image.data, pixels, image.bytes);
 *   status = ed_session_run(&session);
 *   struct ed_tensor scores = ed_session_output(&session, 0);
 *
 * Memory: the library allocates nothing, prints nothing and keeps no global state. `bytes` must be 64-byte aligned (mmap
 * is), must outlive the model, and is only read; the model must outlive its sessions; the arena must be 64-byte aligned
 * and belongs to one session. Sessions of one model may run in different threads at once; one session may not.
 *
 * Safety: ed_model_open checks every offset, shape and code of the file once; a damaged or hostile file gets a status.
 */
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ED_API __attribute__((visibility("default")))

enum ed_status {
  ED_OK = 0,
  ED_NOT_A_PROGRAM,   /* the first bytes are not those of a program file */
  ED_WRONG_ABI,       /* written by another version of edge-deploy */
  ED_TRUNCATED,       /* shorter than its header says */
  ED_CORRUPT,         /* an offset, a size or a code is out of range */
  ED_MISALIGNED,      /* bytes or arena not aligned to 64 */
  ED_WRONG_MACHINE,   /* compiled for another architecture */
  ED_CPU_FEATURE,     /* needs instructions that this CPU lacks */
  ED_ARENA_TOO_SMALL,
  ED_BAD_ARGUMENT
};

/* Bits of ed_cpu_paths: the instruction sets this CPU can run. */
enum ed_cpu_path { ED_CPU_REF = 1u << 0, ED_CPU_NEON = 1u << 1, ED_CPU_DOTPROD = 1u << 2, ED_CPU_I8MM = 1u << 3 };

enum ed_type { ED_F32, ED_F64, ED_I8, ED_U8, ED_I16, ED_I32, ED_I64, ED_BOOL };

#define ED_TENSOR_RANK 8

struct ed_tensor {
  const char *name;
  enum ed_type type;
  uint32_t rank;
  uint32_t shape[ED_TENSOR_RANK];
  void *data;    /* row-major; in the arena */
  size_t bytes;
};

/* Filled by ed_model_open. Read the counts; the rest is the library's. */
struct ed_model {
  const unsigned char *bytes;
  size_t size;
  uint32_t input_count, output_count, step_count, path;
  uint64_t private_[4];
};

/*
 * Optional helper threads. `run` must call task(argument, i) for every i in [0, count), in any order and on any thread,
 * and return when all have returned; `count` tasks may run at once at most. The library never makes a thread itself.
 */
struct ed_threads {
  uint32_t count;
  void (*run)(void *self, uint32_t count, void (*task)(void *argument, uint32_t index), void *argument);
  void *self;
};

struct ed_step_info {
  uint32_t index;
  const char *name;     /* the graph node it came from */
  const char *step;     /* conv2d, softmax, … */
  const char *kernel;   /* the kernel that runs, e.g. "f32_gemm_8x8__neon", or the step's own name */
};

/* Called before (finished = 0) and after (finished = 1) every step. */
typedef void ed_step_hook(void *context, const struct ed_step_info *step, int finished);

/* Filled by ed_session_init; the library's own. */
struct ed_session {
  const struct ed_model *model;
  unsigned char *arena;
  const struct ed_threads *threads;
  ed_step_hook *hook;
  void *hook_context;
  uint64_t private_[8];
};

/* Checks the file and fills *model. */
ED_API enum ed_status ed_model_open(struct ed_model *model, const void *bytes, size_t size);

/* Bytes a session needs with these threads (NULL: one). */
ED_API size_t ed_model_arena_size(const struct ed_model *model, const struct ed_threads *threads);

/* Prepares a session in the caller's arena; refuses a program whose instructions this CPU lacks. threads may be NULL. */
ED_API enum ed_status ed_session_init(struct ed_session *session, const struct ed_model *model, void *arena, size_t size,
                                      const struct ed_threads *threads);

/* Input and output tensors, in the model's order; data is NULL when index is out of range. A run leaves inputs unchanged. */
ED_API struct ed_tensor ed_session_input(const struct ed_session *session, uint32_t index);
ED_API struct ed_tensor ed_session_output(const struct ed_session *session, uint32_t index);

/* Computes all outputs from the inputs. May be called any number of times. */
ED_API enum ed_status ed_session_run(struct ed_session *session);

/* Sets (or with NULL removes) the hook called around every step, for timing. */
ED_API void ed_session_on_step(struct ed_session *session, ed_step_hook *hook, void *context);

/* One English sentence. Never NULL. */
ED_API const char *ed_status_text(enum ed_status status);

/* Bits of enum ed_cpu_path. */
ED_API uint32_t ed_cpu_paths(void);

#ifdef __cplusplus
}
#endif
#endif
