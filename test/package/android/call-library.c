/*
 * Loads a library of an Android package, with all it asks for, and runs one input through a program file:
 *
 *   call-library LIBRARY PROGRAM INPUT OUTPUT
 *
 * INPUT and OUTPUT are the bytes of the tensors. What has no ed_* is called as a Java machine calls its natives, with as
 * much of one as they ask for; then the tensors are floats.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <edge_deploy.h>
#include <jni.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
  unsigned char *data;
  size_t size;
};

static void fail(const char *why) {
  fprintf(stderr, "call-library: %s\n", why);
  exit(1);
}

static struct bytes allocate(size_t size) {
  void *memory = NULL;
  if (posix_memalign(&memory, 64, size + 64) != 0) fail("no memory");
  return (struct bytes){memory, size};
}

static struct bytes read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) fail(path);
  const struct bytes bytes = allocate((size_t)ftell(file));
  rewind(file);
  if (fread(bytes.data, 1, bytes.size, file) != bytes.size) fail(path);
  fclose(file);
  return bytes;
}

static void *find(void *library, const char *name) {
  void *function = dlsym(library, name);
  if (function == NULL) fail(dlerror());
  return function;
}

#define C(name) ((__typeof__(&ed_##name))find(library, "ed_" #name))

static struct bytes by_c(void *library, const char *path, struct bytes input) {
  const struct bytes program = read_file(path);
  struct ed_model model;
  struct ed_session session;
  enum ed_status status = C(model_open)(&model, program.data, program.size);
  if (status != ED_OK) fail(C(status_text)(status));
  const struct bytes arena = allocate(C(model_arena_size)(&model, NULL));
  status = C(session_init)(&session, &model, 0, arena.data, arena.size, NULL);
  if (status != ED_OK) fail(C(status_text)(status));
  const struct ed_tensor to = C(session_input)(&session, 0);
  if (to.bytes != input.size) fail("the input has another size");
  memcpy(to.data, input.data, to.bytes);
  status = C(session_run)(&session);
  if (status != ED_OK) fail(C(status_text)(status));
  const struct ed_tensor from = C(session_output)(&session, 0);
  return (struct bytes){from.data, from.bytes};
}

/* An array of Java is a struct bytes here. */
static struct bytes *array_of(jarray array) { return array; }

static jsize get_array_length(JNIEnv *env, jarray array) { return (void)env, (jsize)array_of(array)->size; }

static void get_byte_region(JNIEnv *env, jbyteArray array, jsize start, jsize count, jbyte *to) {
  (void)env, memcpy(to, array_of(array)->data + start, (size_t)count);
}

static void get_float_region(JNIEnv *env, jfloatArray array, jsize start, jsize count, jfloat *to) {
  (void)env, memcpy(to, array_of(array)->data + start * 4, (size_t)count * 4);
}

static void set_float_region(JNIEnv *env, jfloatArray array, jsize start, jsize count, const jfloat *from) {
  (void)env, memcpy(array_of(array)->data + start * 4, from, (size_t)count * 4);
}

static jfloatArray new_float_array(JNIEnv *env, jsize length) {
  struct bytes *array = malloc(sizeof *array);
  if (array == NULL) fail("no memory");
  *array = allocate((size_t)length * 4);
  return (void)env, array;
}

static jboolean exception_check(JNIEnv *env) { return (void)env, JNI_FALSE; }

#define JAVA(Type, name, ...) \
  ((Type(*)(JNIEnv *, jclass, ##__VA_ARGS__))find(library, "Java_com_baidu_paddle_lite_Native_" #name))

static struct bytes by_java(void *library, const char *path, struct bytes input) {
  static const struct JNINativeInterface functions = {
      .GetArrayLength = get_array_length,
      .GetByteArrayRegion = get_byte_region,
      .GetFloatArrayRegion = get_float_region,
      .SetFloatArrayRegion = set_float_region,
      .NewFloatArray = new_float_array,
      .ExceptionCheck = exception_check,
  };
  JNIEnv env = &functions;
  struct bytes missing = {(unsigned char *)"/nowhere", sizeof "/nowhere"};
  struct bytes name = {(unsigned char *)path, strlen(path) + 1};
  const jlong handle = JAVA(jlong, create)(&env, NULL);
  const jint no_such_file = 2;
  if (JAVA(jint, read, jlong, jbyteArray, jlong)(&env, NULL, handle, &missing, 0) != no_such_file) fail("errno");
  if (JAVA(jint, read, jlong, jbyteArray, jlong)(&env, NULL, handle, &name, 0) != 0) fail("read");
  if (JAVA(jint, open, jlong)(&env, NULL, handle) != ED_OK) fail("open");
  if (JAVA(jint, start, jlong, jint, jint)(&env, NULL, handle, 3, 0) != ED_OK) fail("start");
  JAVA(void, set, jlong, jint, jobject)(&env, NULL, handle, 0, &input);
  for (int i = 0; i < 3; i++) {
    if (JAVA(jint, run, jlong)(&env, NULL, handle) != ED_OK) fail("run");
  }
  const struct bytes *output = JAVA(jobject, get, jlong, jboolean, jint)(&env, NULL, handle, JNI_FALSE, 0);
  JAVA(void, destroy, jlong)(&env, NULL, handle);
  return *output;
}

int main(int argc, char **argv) {
  if (argc != 5) fail("usage: call-library LIBRARY PROGRAM INPUT OUTPUT");
  /* As on Android: the library's own libc comes first. */
  void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
  if (library == NULL) fail(dlerror());
  const struct bytes input = read_file(argv[3]);
  const int has_c = dlsym(library, "ed_model_open") != NULL;
  const struct bytes output = (has_c ? by_c : by_java)(library, argv[2], input);
  FILE *file = fopen(argv[4], "wb");
  if (file == NULL || fwrite(output.data, 1, output.size, file) != output.size || fclose(file) != 0) fail(argv[4]);
  return 0;
}
