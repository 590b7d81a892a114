#ifndef ED_ACTIVATION_H
#define ED_ACTIVATION_H
/*
 * The activations (src/ir/graph.ts says what each computes), defined once: the elementwise steps and the epilogues of the
 * multiplying kernels all come here.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `code` is one of enum ed_activation; a, b and c are the parameters of the record, unused ones are 0. */
struct ed_activate {
  uint32_t code;
  float a, b, c;
};

#define ED_ACTIVATE(record) ((struct ed_activate){(record)->activation, (record)->act_a, (record)->act_b, (record)->act_c})

/* True when the code is known (any parameters are safe). */
bool ed_check_activation(uint32_t code);

/* row[i] = activation(row[i]) for i < n. ED_ACT_NONE does nothing. */
void ed_activate_row(float *row, size_t n, uint32_t code, float a, float b, float c);

/* to[i] = activation(from[i]); `to` may equal `from`. ED_ACT_NONE copies. */
void ed_activate_copy(float *to, const float *from, size_t n, struct ed_activate activation);

#endif
