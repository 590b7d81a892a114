#include "fail.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "json.h"

void fail(enum exit_code code, const char *status, const char *format, ...) {
  char message[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  json_begin("error");
  json_text("status", status);
  json_text("message", message);
  json_end();
  exit(code);
}

static const char *name_of(enum ed_status status) {
  switch (status) {
    case ED_OK: return "ED_OK";
    case ED_NOT_A_PROGRAM: return "ED_NOT_A_PROGRAM";
    case ED_WRONG_ABI: return "ED_WRONG_ABI";
    case ED_TRUNCATED: return "ED_TRUNCATED";
    case ED_CORRUPT: return "ED_CORRUPT";
    case ED_MISALIGNED: return "ED_MISALIGNED";
    case ED_WRONG_MACHINE: return "ED_WRONG_MACHINE";
    case ED_CPU_FEATURE: return "ED_CPU_FEATURE";
    case ED_ARENA_TOO_SMALL: return "ED_ARENA_TOO_SMALL";
    case ED_BAD_ARGUMENT: return "ED_BAD_ARGUMENT";
  }
  return "ED_BAD_ARGUMENT";
}

void fail_status(enum ed_status status) {
  const bool machine = status == ED_CPU_FEATURE || status == ED_WRONG_MACHINE;
  fail(machine ? EXIT_CPU : EXIT_PROGRAM, name_of(status), "%s", ed_status_text(status));
}
