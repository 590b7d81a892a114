#define _GNU_SOURCE
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"

struct mapping map_file(const char *path) {
  struct stat facts;
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0 || fstat(file, &facts) != 0) fail(EXIT_FILE, "FILE", "cannot read '%s': %s", path, strerror(errno));
  if (!S_ISREG(facts.st_mode)) fail(EXIT_FILE, "FILE", "cannot read '%s': it is not a file", path);
  static _Alignas(64) const unsigned char nothing[1];
  struct mapping result = {nothing, (size_t)facts.st_size};
  if ((uint64_t)facts.st_size > SIZE_MAX) fail(EXIT_FILE, "FILE", "'%s' is too large", path);
  if (facts.st_size > 0) {
    void *bytes = mmap(NULL, result.size, PROT_READ, MAP_PRIVATE, file, 0);
    if (bytes == MAP_FAILED) fail(EXIT_FILE, "FILE", "cannot map '%s': %s", path, strerror(errno));
    result.bytes = bytes;
  }
  close(file);
  return result;
}

void write_file(const char *path, const void *bytes, size_t size) {
  char temporary[4096];
  const int length = snprintf(temporary, sizeof temporary, "%s.%ld.part", path, (long)getpid());
  if (length < 0 || (size_t)length >= sizeof temporary) fail(EXIT_FILE, "FILE", "the path '%.100s…' is too long", path);
  const int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) fail(EXIT_FILE, "FILE", "cannot write '%s': %s", path, strerror(errno));
  const unsigned char *at = bytes;
  size_t left = size;
  int error = 0;
  while (left > 0 && !error) {
    const ssize_t written = write(file, at, left);
    if (written < 0) {
      if (errno != EINTR) error = errno;
      continue;
    }
    at += written;
    left -= (size_t)written;
  }
  if (close(file) != 0 && !error) error = errno;
  if (!error && rename(temporary, path) != 0) error = errno;
  if (error) {
    unlink(temporary);
    fail(EXIT_FILE, "FILE", "cannot write '%s': %s", path, strerror(error));
  }
}

void *allocate_pages(uint64_t bytes) {
  void *pages = MAP_FAILED;
  errno = ENOMEM;
  if (bytes <= SIZE_MAX)
    pages = mmap(NULL, bytes ? (size_t)bytes : 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) fail(EXIT_PROGRAM, "MEMORY", "cannot allocate %" PRIu64 " bytes: %s", bytes, strerror(errno));
  return pages;
}
