/* What a program on a device may do, one thing a start: `probe WHAT [ARGUMENT…]`. The first line is always its process id. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../../kernels/runner/clock.h"

static void pause_ms(const char *text) {
  usleep((useconds_t)atoi(text) * 1000);
}

int main(int argc, char **argv) {
  const struct rlimit no_core = {0, 0};
  const char *what = argc > 1 ? argv[1] : "";
  setrlimit(RLIMIT_CORE, &no_core);
  printf("%d\n", (int)getpid());
  fflush(stdout);
  if (!strcmp(what, "say")) {
    /* NUL-free words as they came, each between brackets. */
    for (int i = 2; i < argc; i++) printf("[%s]\n", argv[i]);
    fputs("on stderr\n", stderr);
    return 0;
  }
  if (!strcmp(what, "exit")) return atoi(argv[2]);
  if (!strcmp(what, "signal")) {
    signal(atoi(argv[2]), SIG_DFL);
    raise(atoi(argv[2]));
  }
  if (!strcmp(what, "sleep")) pause_ms(argv[2]);
  if (!strcmp(what, "tick")) {
    for (int i = 0; i < atoi(argv[2]); i++) {
      pause_ms(argv[3]);
      printf("tick %d\n", i);
      fflush(stdout);
    }
  }
  if (!strcmp(what, "bytes")) {
    /* Every byte value, in a file. */
    FILE *file = fopen(argv[2], "wb");
    if (!file) return 9;
    for (int i = 0; i < 256 * 256; i++) fputc(i & 255, file);
    return fclose(file) ? 9 : 0;
  }
  if (!strcmp(what, "split")) {
    /* A letter of two bytes that arrive apart. */
    fputs("\xc3", stdout);
    fflush(stdout);
    pause_ms("200");
    puts("\xa9");
  }
  if (!strcmp(what, "mark")) {
    /* So many rounds of a loop between the marks of the instruction counter. */
    volatile int left = atoi(argv[2]);
    region_open();
    while (left > 0) left--;
    region_close();
  }
  return 0;
}
