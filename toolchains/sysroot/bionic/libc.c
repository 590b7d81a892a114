/*
 * Stands in for Android's libc.so when ours is linked: names alone, which the device's own library answers. Every one has
 * been public since API 21 or earlier.
 */
#define STUB(name) \
  void name(void) {}

STUB(__errno)
STUB(calloc)
STUB(close)
STUB(free)
STUB(getauxval)
STUB(malloc)
STUB(memcmp)
STUB(memcpy)
STUB(memmove)
STUB(memset)
STUB(open)
STUB(pthread_cond_broadcast)
STUB(pthread_cond_destroy)
STUB(pthread_cond_init)
STUB(pthread_cond_signal)
STUB(pthread_cond_wait)
STUB(pthread_create)
STUB(pthread_join)
STUB(pthread_mutex_destroy)
STUB(pthread_mutex_init)
STUB(pthread_mutex_lock)
STUB(pthread_mutex_unlock)
STUB(read)
STUB(sched_setaffinity)
STUB(snprintf)
STUB(strerror)
STUB(strlen)
