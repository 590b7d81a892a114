/*
 * The functions of Native.java. That class says what each of them does, and Session.java, its only caller, that handles are
 * live, indices in range and arrays of the right type and length.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "jni.h"
#include "predictor.h"

#define NATIVE(Type, name) JNIEXPORT Type JNICALL Java_com_baidu_paddle_lite_Native_##name

static struct predictor *predictor_of(jlong handle) { return (struct predictor *)(uintptr_t)handle; }

/* What is thrown is thrown when the native function returns. */
static void throw_out_of_memory(JNIEnv *env, const char *what) {
  const jclass type = (*env)->FindClass(env, "java/lang/OutOfMemoryError");
  if (type == NULL) return;
  (*env)->ThrowNew(env, type, what);
  (*env)->DeleteLocalRef(env, type);
}

static jint thrown_or(JNIEnv *env, int status) {
  if (status == OUT_OF_MEMORY) throw_out_of_memory(env, "no native memory for the model's tensors");
  if (status == OUT_OF_THREADS) throw_out_of_memory(env, "the system gives no more threads: use fewer in setThreads");
  return status;
}

/* Text of the system as Java takes it: in ASCII, whatever its language. */
static jstring string_of(JNIEnv *env, const char *text) {
  char ascii[256];
  size_t length = 0;
  for (; text[length] != '\0' && length < sizeof ascii - 1; length++) {
    ascii[length] = (unsigned char)text[length] < 128 ? text[length] : '?';
  }
  ascii[length] = '\0';
  return (*env)->NewStringUTF(env, ascii);
}

static jlongArray shape_of(JNIEnv *env, const struct ed_tensor *tensor) {
  jlong shape[ED_TENSOR_RANK];
  for (uint32_t axis = 0; axis < tensor->rank; axis++) shape[axis] = tensor->shape[axis];
  const jlongArray array = (*env)->NewLongArray(env, (jsize)tensor->rank);
  if (array != NULL) (*env)->SetLongArrayRegion(env, array, 0, (jsize)tensor->rank, shape);
  return array;
}

static struct ed_tensor tensor_of(jlong handle, jboolean is_input, jint index) {
  const struct ed_session *session = &predictor_of(handle)->session;
  return is_input ? ed_session_input(session, (uint32_t)index) : ed_session_output(session, (uint32_t)index);
}

NATIVE(jlong, create)(JNIEnv *env, jclass class_) {
  (void)class_;
  struct predictor *predictor = predictor_create();
  if (predictor == NULL) throw_out_of_memory(env, "no native memory for a predictor");
  return (jlong)(uintptr_t)predictor;
}

NATIVE(void, destroy)(JNIEnv *env, jclass class_, jlong handle) {
  (void)env, (void)class_;
  predictor_destroy(predictor_of(handle));
}

NATIVE(jint, read)(JNIEnv *env, jclass class_, jlong handle, jbyteArray path, jlong size) {
  (void)class_;
  const jsize length = (*env)->GetArrayLength(env, path);
  char *name = malloc((size_t)length);
  int error = ENOMEM;
  if (name != NULL) {
    (*env)->GetByteArrayRegion(env, path, 0, length, (jbyte *)name);
    error = (*env)->ExceptionCheck(env) ? 0 : predictor_read(predictor_of(handle), name, size > 0 ? (uint64_t)size : 0);
    free(name);
  }
  if (error == ENOMEM) throw_out_of_memory(env, "no native memory for the model");
  return error;
}

NATIVE(void, copy)(JNIEnv *env, jclass class_, jlong handle, jbyteArray model) {
  (void)class_;
  struct predictor *predictor = predictor_of(handle);
  const jsize size = (*env)->GetArrayLength(env, model);
  if (predictor_reserve(predictor, (size_t)size)) {
    (*env)->GetByteArrayRegion(env, model, 0, size, (jbyte *)predictor->bytes.data);
  } else {
    throw_out_of_memory(env, "no native memory for the model");
  }
}

NATIVE(jint, open)(JNIEnv *env, jclass class_, jlong handle) {
  (void)env, (void)class_;
  return predictor_open(predictor_of(handle));
}

NATIVE(jboolean, isNaiveBuffer)(JNIEnv *env, jclass class_, jlong handle) {
  (void)env, (void)class_;
  return predictor_is_naive_buffer(predictor_of(handle)) ? JNI_TRUE : JNI_FALSE;
}

NATIVE(jint, start)(JNIEnv *env, jclass class_, jlong handle, jint threads, jint power_mode) {
  (void)class_;
  return thrown_or(env, predictor_start(predictor_of(handle), (uint32_t)threads, power_mode));
}

NATIVE(jint, planCount)(JNIEnv *env, jclass class_, jlong handle) {
  (void)env, (void)class_;
  return (jint)predictor_of(handle)->model.plan_count;
}

NATIVE(jint, inputCount)(JNIEnv *env, jclass class_, jlong handle) {
  (void)env, (void)class_;
  return (jint)predictor_of(handle)->model.input_count;
}

NATIVE(jint, outputCount)(JNIEnv *env, jclass class_, jlong handle) {
  (void)env, (void)class_;
  return (jint)predictor_of(handle)->model.output_count;
}

NATIVE(jlongArray, planShape)(JNIEnv *env, jclass class_, jlong handle, jint plan, jint input) {
  (void)class_;
  const struct ed_tensor tensor = ed_model_input(&predictor_of(handle)->model, (uint32_t)plan, (uint32_t)input);
  return shape_of(env, &tensor);
}

NATIVE(jlongArray, shape)(JNIEnv *env, jclass class_, jlong handle, jboolean is_input, jint index) {
  (void)class_;
  const struct ed_tensor tensor = tensor_of(handle, is_input, index);
  return shape_of(env, &tensor);
}

NATIVE(jbyteArray, name)(JNIEnv *env, jclass class_, jlong handle, jboolean is_input, jint index) {
  (void)class_;
  const char *name = tensor_of(handle, is_input, index).name;
  const jsize length = (jsize)strlen(name);
  const jbyteArray array = (*env)->NewByteArray(env, length);
  if (array != NULL) (*env)->SetByteArrayRegion(env, array, 0, length, (const jbyte *)name);
  return array;
}

NATIVE(jint, type)(JNIEnv *env, jclass class_, jlong handle, jboolean is_input, jint index) {
  (void)env, (void)class_;
  return (jint)tensor_of(handle, is_input, index).type;
}

NATIVE(jobject, get)(JNIEnv *env, jclass class_, jlong handle, jboolean is_input, jint index) {
  (void)class_;
  const struct ed_tensor tensor = tensor_of(handle, is_input, index);
  jobject array = NULL;
#define ARRAY(Kind, type)                                                                             \
  if (tensor.bytes / sizeof(type) > INT32_MAX) {                                                      \
    throw_out_of_memory(env, "the tensor has more elements than an array can hold");                  \
    break;                                                                                            \
  }                                                                                                   \
  array = (*env)->New##Kind##Array(env, (jsize)(tensor.bytes / sizeof(type)));                        \
  if (array == NULL) break;                                                                           \
  (*env)->Set##Kind##ArrayRegion(env, array, 0, (jsize)(tensor.bytes / sizeof(type)), tensor.data); \
  break
  switch (tensor.type) {
    case ED_F32: ARRAY(Float, jfloat);
    case ED_F64: ARRAY(Double, jdouble);
    case ED_I8:
    case ED_U8: ARRAY(Byte, jbyte);
    case ED_I16: ARRAY(Short, jshort);
    case ED_I32: ARRAY(Int, jint);
    case ED_I64: ARRAY(Long, jlong);
    case ED_BOOL: ARRAY(Boolean, jboolean);
  }
#undef ARRAY
  return array;
}

NATIVE(void, set)(JNIEnv *env, jclass class_, jlong handle, jint index, jobject array) {
  (void)class_;
  const struct ed_tensor tensor = tensor_of(handle, JNI_TRUE, index);
#define REGION(Kind, type) \
  (*env)->Get##Kind##ArrayRegion(env, array, 0, (jsize)(tensor.bytes / sizeof(type)), tensor.data); \
  break
  switch (tensor.type) {
    case ED_F32: REGION(Float, jfloat);
    case ED_F64: REGION(Double, jdouble);
    case ED_I8:
    case ED_U8: REGION(Byte, jbyte);
    case ED_I16: REGION(Short, jshort);
    case ED_I32: REGION(Int, jint);
    case ED_I64: REGION(Long, jlong);
    case ED_BOOL: REGION(Boolean, jboolean);
  }
#undef REGION
}

NATIVE(jint, select)(JNIEnv *env, jclass class_, jlong handle, jint plan) {
  (void)class_;
  return thrown_or(env, predictor_select(predictor_of(handle), (uint32_t)plan));
}

NATIVE(jint, run)(JNIEnv *env, jclass class_, jlong handle) {
  (void)env, (void)class_;
  return predictor_run(predictor_of(handle));
}

NATIVE(jstring, statusText)(JNIEnv *env, jclass class_, jint status) {
  (void)class_;
  return string_of(env, ed_status_text((enum ed_status)status));
}

NATIVE(jstring, errorText)(JNIEnv *env, jclass class_, jint error) {
  (void)class_;
  return string_of(env, strerror(error));
}
