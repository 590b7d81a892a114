#ifndef ED_RUNNER_FAIL_H
#define ED_RUNNER_FAIL_H
/* Ending with an error event and an exit code that says whose fault it is. */
#include "../include/edge_deploy.h"

enum exit_code { EXIT_USAGE = 2, EXIT_PROGRAM = 3, EXIT_FILE = 4, EXIT_CPU = 5, EXIT_INPUT = 6 };

/* Prints {"event":"error","status":…,"message":…} and ends. `format` is printf's. */
_Noreturn __attribute__((format(printf, 3, 4))) void fail(enum exit_code code, const char *status, const char *format, ...);

/* The same for a status of the library. */
_Noreturn void fail_status(enum ed_status status);

#endif
