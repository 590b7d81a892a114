/*
 * The note by which Android's tools know a library: its name, its type and the lowest API level, as the NDK's crtbegin
 * writes it (without the NDK's own version, which there is none of).
 */
#include <stdint.h>

/* Android 5, the first with 64-bit ARM; what the library calls has been there since. */
#define API_LEVEL 21

struct android_note {
  uint32_t name_bytes, description_bytes, type;
  char name[8];
  uint32_t api_level;
};

__attribute__((section(".note.android.ident"), used, aligned(4))) static const struct android_note android_ident = {
    sizeof "Android", sizeof(uint32_t), 1, "Android", API_LEVEL};
