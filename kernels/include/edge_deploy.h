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
 *   status = ed_session_init(&session, &model, 0, arena, sizeof arena, NULL);
 *   struct ed_tensor image = ed_session_input(&session, 0);
 *   memcpy(image.data, pixels, image.bytes);
 *   status = ed_session_run(&session);
 *   struct ed_tensor scores = ed_session_output(&session, 0);
 *
 * A program may be compiled for several input shapes: each has a plan, and all plans share the weights. One arena serves
 * them all, and ed_session_init takes the number of the plan, which is found by its shape:
 *
 *   uint32_t plan = 0;
 *   while (plan < model.plan_count && ed_model_input(&model, plan, 0).shape[3] != width) plan++;
 *   if (plan == model.plan_count) fail("the program was not compiled for this width");
 *
 * Memory: the library allocates nothing, prints nothing and keeps no global state. `bytes` and the arena must be aligned
 * to 64 bytes (mmap is). `bytes` is only read, and must neither change nor go while the model is used: a file that others
 * may write to should be copied, not mapped. The arena belongs to one session: from ed_session_init to its last run nothing
 * may be written there but its inputs. Models, threads and a hook's context are kept by address: each must outlive, in its
 * place, the sessions that use it; a session itself may be moved between calls. There is nothing to close: when model and
 * sessions are used no more, the memory is the caller's again. A run takes less than 8 kB of stack on each thread that takes part.
 *
 * Threads: any number of threads may open models and run sessions at once, also sessions of one model; one session may be
 * used by one thread at a time, whichever. Results do not depend on the number of threads. On which cores they run is the
 * caller's choice: edge_deploy/power_mode.h.
 *
 * Safety: ed_model_open checks every offset, shape and code of the file once. A damaged or hostile file gets a status; one
 * that passes cannot reach outside its bytes, its arena and its constants, whatever its inputs hold (but it may compute for
 * long). ed_session_run computes with the caller's floating-point mode, which should be the default one.
 *
 * C99 or later and C++11 or later, by GCC or Clang. Over it stand edge_deploy/session.hpp, which owns all this memory, and
 * paddle_api.h, which gives it Paddle-Lite's names.
 */
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Who links the library into one of their own may hide its names: -DED_API= -fvisibility=hidden */
#ifndef ED_API
#define ED_API __attribute__((visibility("default")))
#endif

enum ed_status {
  ED_OK = 0,
  ED_NOT_A_PROGRAM,   /* the first bytes are not those of a program file */
  ED_WRONG_ABI,       /* written by another version of edge-deploy */
  ED_TRUNCATED,       /* shorter or longer than its header says */
  ED_CORRUPT,         /* an offset, a size or a code is out of range */
  ED_MISALIGNED,      /* bytes or arena not aligned to 64 */
  ED_WRONG_MACHINE,   /* compiled for another architecture */
  ED_CPU_FEATURE,     /* needs instructions that this CPU lacks */
  ED_ARENA_TOO_SMALL, /* smaller than ed_model_arena_size says */
  ED_BAD_ARGUMENT     /* a pointer is NULL, or a model or session is empty */
};

/* Bits of ed_cpu_paths: the instruction sets this CPU can run. Bit i is the path that ed_model.path calls i. */
enum ed_cpu_path { ED_CPU_REF = 1u << 0, ED_CPU_NEON = 1u << 1, ED_CPU_DOTPROD = 1u << 2, ED_CPU_I8MM = 1u << 3 };

/* Element types: IEEE 754 and two's complement, in the machine's byte order; a bool is a byte, 0 or 1. */
enum ed_type { ED_F32, ED_F64, ED_I8, ED_U8, ED_I16, ED_I32, ED_I64, ED_BOOL };

#define ED_TENSOR_RANK 8

struct ed_tensor {
  const char *name;               /* UTF-8 if the compiler wrote it; stands in the model's bytes */
  enum ed_type type;
  uint32_t rank;                  /* 0: a scalar */
  uint32_t shape[ED_TENSOR_RANK]; /* sizes, outermost first; 0 from rank on */
  void *data;                     /* row-major without gaps, in the arena, aligned to its elements and at least to 4 bytes */
  size_t bytes;
};

/* Filled by ed_model_open. Read the counts and the path; the rest is the library's. */
struct ed_model {
  const unsigned char *bytes;
  size_t size;
  uint32_t plan_count;            /* sets of input shapes it was compiled for; at least one */
  uint32_t input_count, output_count;
  uint32_t path;                  /* 0 ref, 1 neon, 2 dotprod, 3 i8mm: what the program needs of the CPU */
  uint64_t private_[4];
};

/*
 * Optional helper threads. `run` must call task(argument, i) once for every i in [0, count), in any order and on any thread,
 * and return when all have returned and what they wrote can be seen; its count is never more than that of the struct. It is
 * called many times in a run, never from within a task. The library makes no thread itself. Sessions that run at once may
 * share a struct only if `run` may be called at once.
 */
struct ed_threads {
  uint32_t count;                 /* threads in all; 0 and 1: none but the caller's. Must not change. */
  void (*run)(void *self, uint32_t count, void (*task)(void *argument, uint32_t index), void *argument);
  void *self;
};

struct ed_step_info {
  uint32_t index;       /* from 0 */
  const char *name;     /* the graph node it came from; stands in the model's bytes */
  const char *step;     /* conv2d, softmax, … */
  const char *kernel;   /* the kernel that runs, e.g. "ed_f32_gemm_8x8__neon", or the step's own name */
};

/*
 * Called before (finished = 0) and after (finished = 1) every step, on the thread that runs the session. *step is gone when it
 * returns. Must not run the session or prepare it anew.
 */
typedef void ed_step_hook(void *context, const struct ed_step_info *step, int finished);

/* Filled by ed_session_init. Read the plan and the count; the rest is the library's. */
struct ed_session {
  const struct ed_model *model;
  uint32_t plan, step_count;
  unsigned char *arena;
  const struct ed_threads *threads;
  ed_step_hook *hook;
  void *hook_context;
  uint64_t private_[8];
};

/* Checks the whole file, `size` bytes, and fills *model; when it is refused, *model is empty, which no function takes. */
ED_API enum ed_status ed_model_open(struct ed_model *model, const void *bytes, size_t size);

/*
 * Input `index` as plan `plan` takes it, without data; all zero when either is out of range. Names and types are the same
 * in every plan, shapes are not: the plan for a shape is the one whose inputs have it.
 */
ED_API struct ed_tensor ed_model_input(const struct ed_model *model, uint32_t plan, uint32_t index);

/*
 * Bytes of arena that a session needs with these threads (NULL: one), whatever its plan. 0 without a model, SIZE_MAX beyond
 * all memory.
 */
ED_API size_t ed_model_arena_size(const struct ed_model *model, const struct ed_threads *threads);

/*
 * Prepares a session for one plan (0: the first) in the caller's arena; refuses a program whose instructions this CPU lacks.
 * threads may be NULL. The arena's contents do not matter, and those of the inputs are what the caller then writes there.
 *
 * Called again, it switches to another plan in the same arena: that costs less than a step, but tensors move, what they held
 * is lost, and a hook has to be set again.
 */
ED_API enum ed_status ed_session_init(struct ed_session *session, const struct ed_model *model, uint32_t plan, void *arena,
                                      size_t size, const struct ed_threads *threads);

/*
 * Input and output tensors, in the model's order; all zero when index is out of range. They stay where they are from
 * ed_session_init on. A run of a compiled program leaves inputs unchanged, and outputs hold until the next run.
 */
ED_API struct ed_tensor ed_session_input(const struct ed_session *session, uint32_t index);
ED_API struct ed_tensor ed_session_output(const struct ed_session *session, uint32_t index);

/*
 * Computes all outputs from the inputs, the same from the same. May be called any number of times. Cannot fail, but for
 * ED_BAD_ARGUMENT of a session that ed_session_init has refused.
 */
ED_API enum ed_status ed_session_run(struct ed_session *session);

/* Sets (or with NULL removes) the hook called around every step, for timing. Not from within a run. */
ED_API void ed_session_on_step(struct ed_session *session, ed_step_hook *hook, void *context);

/* One English sentence, which stays for good. Never NULL. */
ED_API const char *ed_status_text(enum ed_status status);

/* Bits of enum ed_cpu_path: what this CPU and its system can run. */
ED_API uint32_t ed_cpu_paths(void);

#ifdef __cplusplus
}
#endif
#endif
