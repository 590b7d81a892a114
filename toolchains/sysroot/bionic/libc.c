/*
 * Stands in for Android's libc.so when ours is linked: names alone, which the device's own library answers. Every one has
 * been public since API 21 or earlier.
 */
#define STUB(name) \
  void name(void) {}

STUB(getauxval)
STUB(memcmp)
STUB(memcpy)
STUB(memmove)
STUB(memset)
