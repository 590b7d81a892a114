#ifndef ED_RUNNER_FILES_H
#define ED_RUNNER_FILES_H
/* Files in and out. All functions end the program with an error event when something fails. */
#include <stddef.h>
#include <stdint.h>

/* A file mapped for reading: shared with the page cache, so that only the touched weights take memory. */
struct mapping {
  const unsigned char *bytes;
  size_t size;
};

struct mapping map_file(const char *path);

/* Writes all bytes under a temporary name beside `path` and renames it, so that `path` never holds half a file. */
void write_file(const char *path, const void *bytes, size_t size);

/* Zeroed pages, aligned to a page; never freed. */
void *allocate_pages(uint64_t bytes);

#endif
