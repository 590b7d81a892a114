/*
 * POSIX threads with bionic's types: `bits/pthread_types.h` of the NDK, which promises these sizes to every program there is.
 * A mutex of 32-bit Android is one word; glibc's would not fit.
 */
#ifndef EDGE_DEPLOY_BIONIC_PTHREAD_H
#define EDGE_DEPLOY_BIONIC_PTHREAD_H
#include <stdint.h>

#ifdef __LP64__
#define EDGE_DEPLOY_WORDS(bits64, bits32) bits64
#else
#define EDGE_DEPLOY_WORDS(bits64, bits32) bits32
#endif

typedef long pthread_t;
typedef struct { int32_t opaque[EDGE_DEPLOY_WORDS(10, 1)]; } pthread_mutex_t;
typedef struct { int32_t opaque[EDGE_DEPLOY_WORDS(12, 1)]; } pthread_cond_t;

/* Never anything but NULL. */
typedef struct pthread_attributes pthread_attr_t, pthread_mutexattr_t, pthread_condattr_t;

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument);
int pthread_join(pthread_t thread, void **result);

int pthread_mutex_destroy(pthread_mutex_t *mutex);
int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int pthread_mutex_lock(pthread_mutex_t *mutex);
int pthread_mutex_unlock(pthread_mutex_t *mutex);

int pthread_cond_broadcast(pthread_cond_t *condition);
int pthread_cond_destroy(pthread_cond_t *condition);
int pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes);
int pthread_cond_signal(pthread_cond_t *condition);
int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex);
#endif
