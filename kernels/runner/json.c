#include "json.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "fail.h"

/* Bytes of the UTF-8 character that begins here, in text that ends with a NUL; 0 when none does. */
static size_t character_bytes(const unsigned char *at) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const size_t length = *at < 0x80 ? 1 : *at < 0xc0 ? 0 : *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : *at < 0xf8 ? 4 : 0;
  uint32_t code = length > 1 ? *at & (0x7fu >> length) : *at;
  for (size_t i = 1; i < length; i++) {
    if ((at[i] & 0xc0) != 0x80) return 0;
    code = code << 6 | (at[i] & 0x3fu);
  }
  const bool valid = length > 0 && code >= least[length] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return valid ? length : 0;
}

static void put_string(const char *text) {
  putchar('"');
  for (const unsigned char *at = (const unsigned char *)text; *at;) {
    const size_t bytes = character_bytes(at);
    if (bytes == 0)
      fputs("\\ufffd", stdout);
    else if (*at == '"' || *at == '\\')
      printf("\\%c", *at);
    else if (*at < 0x20)
      printf("\\u%04x", *at);
    else
      fwrite(at, 1, bytes, stdout);
    at += bytes > 0 ? bytes : 1;
  }
  putchar('"');
}

static void put_key(const char *key) {
  putchar(',');
  put_string(key);
  putchar(':');
}

void json_begin(const char *event) {
  fputs("{\"event\":", stdout);
  put_string(event);
}

void json_text(const char *key, const char *value) {
  put_key(key);
  put_string(value);
}

void json_integer(const char *key, uint64_t value) {
  put_key(key);
  printf("%" PRIu64, value);
}

void json_integers(const char *key, const uint64_t *values, size_t count) {
  put_key(key);
  for (size_t i = 0; i < count; i++) printf("%c%" PRIu64, i ? ',' : '[', values[i]);
  fputs(count ? "]" : "[]", stdout);
}

void json_shape(const char *key, const uint32_t *shape, uint32_t rank) {
  put_key(key);
  for (uint32_t i = 0; i < rank; i++) printf("%c%" PRIu32, i ? ',' : '[', shape[i]);
  fputs(rank ? "]" : "[]", stdout);
}

void json_texts(const char *key, const char *const *values, size_t count) {
  put_key(key);
  putchar('[');
  for (size_t i = 0; i < count; i++) {
    if (i) putchar(',');
    put_string(values[i]);
  }
  putchar(']');
}

void json_end(void) {
  fputs("}\n", stdout);
  if (fflush(stdout) != 0 || ferror(stdout)) exit(EXIT_FILE);
}
