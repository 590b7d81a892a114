/*
 * The Java Native Interface in C, as far as we call it: so that the natives build without a JDK, for every machine.
 *
 * Source: "Java Native Interface Specification", chapters 3 (types) and 4 (functions, each with its index in the table). The
 * table has been extended at its end only since JDK 1.6, and Android's is the same. Entries between those we use are gaps;
 * the assertions below and test/compat/jni-header.test.ts, against a JDK's own header, hold every entry to its index.
 */
#ifndef ED_JNI_H
#define ED_JNI_H
#include <stddef.h>
#include <stdint.h>

#define JNIEXPORT __attribute__((visibility("default")))
#define JNICALL

typedef uint8_t jboolean;
typedef int8_t jbyte;
typedef int16_t jshort;
typedef int32_t jint;
typedef int64_t jlong;
typedef float jfloat;
typedef double jdouble;
typedef jint jsize;

typedef void *jobject;
typedef jobject jclass, jthrowable, jstring, jarray;
typedef jarray jbooleanArray, jbyteArray, jshortArray, jintArray, jlongArray, jfloatArray, jdoubleArray;

#define JNI_FALSE 0
#define JNI_TRUE 1

typedef const struct JNINativeInterface *JNIEnv;

struct JNINativeInterface {
  void *gap_0[6];
  jclass(JNICALL *FindClass)(JNIEnv *env, const char *name); /* 6 */
  void *gap_7[7];
  jint(JNICALL *ThrowNew)(JNIEnv *env, jclass type, const char *message); /* 14 */
  void *gap_15[8];
  void(JNICALL *DeleteLocalRef)(JNIEnv *env, jobject reference); /* 23 */
  void *gap_24[143];
  jstring(JNICALL *NewStringUTF)(JNIEnv *env, const char *bytes); /* 167 */
  void *gap_168[3];
  jsize(JNICALL *GetArrayLength)(JNIEnv *env, jarray array); /* 171 */
  void *gap_172[3];
  jbooleanArray(JNICALL *NewBooleanArray)(JNIEnv *env, jsize length); /* 175 */
  jbyteArray(JNICALL *NewByteArray)(JNIEnv *env, jsize length);       /* 176 */
  void *gap_177;
  jshortArray(JNICALL *NewShortArray)(JNIEnv *env, jsize length);   /* 178 */
  jintArray(JNICALL *NewIntArray)(JNIEnv *env, jsize length);       /* 179 */
  jlongArray(JNICALL *NewLongArray)(JNIEnv *env, jsize length);     /* 180 */
  jfloatArray(JNICALL *NewFloatArray)(JNIEnv *env, jsize length);   /* 181 */
  jdoubleArray(JNICALL *NewDoubleArray)(JNIEnv *env, jsize length); /* 182 */
  void *gap_183[16];
  void(JNICALL *GetBooleanArrayRegion)(JNIEnv *env, jbooleanArray array, jsize start, jsize count, jboolean *to); /* 199 */
  void(JNICALL *GetByteArrayRegion)(JNIEnv *env, jbyteArray array, jsize start, jsize count, jbyte *to);          /* 200 */
  void *gap_201;
  void(JNICALL *GetShortArrayRegion)(JNIEnv *env, jshortArray array, jsize start, jsize count, jshort *to);    /* 202 */
  void(JNICALL *GetIntArrayRegion)(JNIEnv *env, jintArray array, jsize start, jsize count, jint *to);          /* 203 */
  void(JNICALL *GetLongArrayRegion)(JNIEnv *env, jlongArray array, jsize start, jsize count, jlong *to);       /* 204 */
  void(JNICALL *GetFloatArrayRegion)(JNIEnv *env, jfloatArray array, jsize start, jsize count, jfloat *to);    /* 205 */
  void(JNICALL *GetDoubleArrayRegion)(JNIEnv *env, jdoubleArray array, jsize start, jsize count, jdouble *to); /* 206 */
  void(JNICALL *SetBooleanArrayRegion)(JNIEnv *env, jbooleanArray array, jsize start, jsize count,
                                       const jboolean *from);                                                     /* 207 */
  void(JNICALL *SetByteArrayRegion)(JNIEnv *env, jbyteArray array, jsize start, jsize count, const jbyte *from); /* 208 */
  void *gap_209;
  void(JNICALL *SetShortArrayRegion)(JNIEnv *env, jshortArray array, jsize start, jsize count, const jshort *from); /* 210 */
  void(JNICALL *SetIntArrayRegion)(JNIEnv *env, jintArray array, jsize start, jsize count, const jint *from);       /* 211 */
  void(JNICALL *SetLongArrayRegion)(JNIEnv *env, jlongArray array, jsize start, jsize count, const jlong *from);    /* 212 */
  void(JNICALL *SetFloatArrayRegion)(JNIEnv *env, jfloatArray array, jsize start, jsize count, const jfloat *from); /* 213 */
  void(JNICALL *SetDoubleArrayRegion)(JNIEnv *env, jdoubleArray array, jsize start, jsize count,
                                      const jdouble *from); /* 214 */
  void *gap_215[13];
  jboolean(JNICALL *ExceptionCheck)(JNIEnv *env); /* 228 */
};

#define ED_JNI_INDEX(member, index)                                                        \
  _Static_assert(offsetof(struct JNINativeInterface, member) == (index) * sizeof(void *), \
                 #member " is entry " #index " of the table")
ED_JNI_INDEX(FindClass, 6);
ED_JNI_INDEX(ThrowNew, 14);
ED_JNI_INDEX(DeleteLocalRef, 23);
ED_JNI_INDEX(NewStringUTF, 167);
ED_JNI_INDEX(GetArrayLength, 171);
ED_JNI_INDEX(NewBooleanArray, 175);
ED_JNI_INDEX(NewDoubleArray, 182);
ED_JNI_INDEX(GetBooleanArrayRegion, 199);
ED_JNI_INDEX(GetDoubleArrayRegion, 206);
ED_JNI_INDEX(SetBooleanArrayRegion, 207);
ED_JNI_INDEX(SetDoubleArrayRegion, 214);
ED_JNI_INDEX(ExceptionCheck, 228);

#endif
