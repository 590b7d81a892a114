/*
 * Stands in for Android's libc.so where there is only glibc: what differs between the two, with bionic's names and sizes.
 * Everything else is glibc's. A mutex and a condition are one word here, as they are on 32-bit Android; they spin.
 */
#include <errno.h>
#include <sched.h>

int *__errno(void) { return &errno; }

int pthread_mutex_init(int *mutex, const void *attributes) { return attributes == 0 ? *mutex = 0 : EINVAL; }
int pthread_mutex_destroy(int *mutex) { return *mutex == 0 ? 0 : EBUSY; }

int pthread_mutex_lock(int *mutex) {
  while (__atomic_exchange_n(mutex, 1, __ATOMIC_ACQUIRE) != 0) sched_yield();
  return 0;
}

int pthread_mutex_unlock(int *mutex) {
  __atomic_store_n(mutex, 0, __ATOMIC_RELEASE);
  return 0;
}

/* Counts its signals. */
int pthread_cond_init(int *condition, const void *attributes) { return attributes == 0 ? *condition = 0 : EINVAL; }
int pthread_cond_destroy(int *condition) { return condition == 0 ? EINVAL : 0; }

int pthread_cond_broadcast(int *condition) {
  __atomic_add_fetch(condition, 1, __ATOMIC_RELEASE);
  return 0;
}

int pthread_cond_signal(int *condition) { return pthread_cond_broadcast(condition); }

int pthread_cond_wait(int *condition, int *mutex) {
  const int before = __atomic_load_n(condition, __ATOMIC_ACQUIRE);
  pthread_mutex_unlock(mutex);
  while (__atomic_load_n(condition, __ATOMIC_ACQUIRE) == before) sched_yield();
  return pthread_mutex_lock(mutex);
}
