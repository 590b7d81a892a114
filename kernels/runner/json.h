#ifndef ED_RUNNER_JSON_H
#define ED_RUNNER_JSON_H
/*
 * The runner's standard output: one JSON object a line, each with an "event". A line is written between json_begin and
 * json_end; the functions in between add members. When standard output is gone, the program ends (exit code 4).
 */
#include <stddef.h>
#include <stdint.h>

void json_begin(const char *event);
void json_text(const char *key, const char *value); /* bytes that are no UTF-8 become U+FFFD */
void json_integer(const char *key, uint64_t value);
void json_integers(const char *key, const uint64_t *values, size_t count);
void json_shape(const char *key, const uint32_t *shape, uint32_t rank);
void json_texts(const char *key, const char *const *values, size_t count);
void json_end(void);

#endif
