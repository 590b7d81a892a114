/*
 * A fuzz target: LLVMFuzzerTestOneInput opens the bytes as a program file and runs what opens.
 *
 * Under libFuzzer, with LLVM's clang, on a folder of program files that it adds to:
 *
 *   clang -std=gnu11 -g -O1 -fsanitize=fuzzer,address,undefined -DWITHOUT_MAIN test/fuzz/open-and-run.c \
 *       $(find kernels -name '*.c' | grep -E '/(core|ops|ref|neon|dotprod|i8mm)/') -lm -o fuzz
 *   ./fuzz -max_len=200000 -timeout=20 CORPUS
 *
 * Alone, with any compiler: `open-and-run FILE_OR_FOLDER …` takes each file once, so also one that libFuzzer found, and prints
 * how many there were, opened and ran.
 */
#define _GNU_SOURCE
#include "open-and-run.h"

static unsigned opened, ran;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The number of threads and the inputs follow from the bytes (FNV-1a), so that a file always does the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  state = UINT64_C(14695981039346656037);
  for (size_t i = 0; i < size; i++) state = (state ^ data[i]) * UINT64_C(1099511628211);
  state |= 1;
  unsigned char *file = take(size);
  if (size > 0) memcpy(file, data, size);
  open_and_run(file, size, &opened, &ran);
  give_back(file, size);
  return 0;
}

#if !defined(WITHOUT_MAIN)
#include <dirent.h>
#include <signal.h>
#include <stdio.h>

static unsigned files;
static const char *current;

static void hangs(int signal) {
  (void)signal;
  static const char words[] = " hangs\n";
  if (write(STDERR_FILENO, current, strlen(current)) < 0 || write(STDERR_FILENO, words, sizeof words - 1) < 0) _exit(2);
  _exit(1);
}

static void fail(const char *path) {
  perror(path);
  exit(2);
}

static void take_file(const char *path) {
  FILE *stream = fopen(path, "rb");
  if (!stream || fseek(stream, 0, SEEK_END) != 0) fail(path);
  const size_t size = (size_t)ftell(stream);
  rewind(stream);
  unsigned char *bytes = malloc(size + 1);
  if (!bytes || fread(bytes, 1, size, stream) != size) fail(path);
  fclose(stream);
  current = path;
  files++;
  alarm(LIMIT_SECONDS);
  LLVMFuzzerTestOneInput(bytes, size);
  alarm(0);
  free(bytes);
}

/* Every file of a folder, not those of folders in it. */
static void take_folder(DIR *folder, const char *path) {
  for (const struct dirent *entry; (entry = readdir(folder));) {
    char name[4096];
    if (entry->d_type != DT_REG) continue;
    if (snprintf(name, sizeof name, "%s/%s", path, entry->d_name) >= (int)sizeof name) fail(path);
    take_file(name);
  }
}

int main(int argc, char **argv) {
  signal(SIGALRM, hangs);
  for (int i = 1; i < argc; i++) {
    DIR *folder = opendir(argv[i]);
    if (folder) take_folder(folder, argv[i]), closedir(folder);
    else take_file(argv[i]);
  }
  printf("%u files, %u opened, %u ran\n", files, opened, ran);
  return 0;
}
#endif
