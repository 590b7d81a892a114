#ifndef ED_RUNNER_MACHINE_H
#define ED_RUNNER_MACHINE_H
#include <stdint.h>

/* Prints the "cpu" event: machine, paths this CPU can run, cores, instruction-set features. */
void print_cpu(void);

/* The process's largest resident size so far. Under an emulator this is the emulator's. 0 when unknown. */
uint64_t peak_resident_bytes(void);

#endif
