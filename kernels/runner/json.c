#include "json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "fail.h"

static void put_string(const char *text) {
  putchar('"');
  for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
    if (*at == '"' || *at == '\\')
      printf("\\%c", *at);
    else if (*at < 0x20)
      printf("\\u%04x", *at);
    else
      putchar(*at);
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
  if (fflush(stdout) != 0) exit(EXIT_FILE);
}
