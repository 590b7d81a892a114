/**
 * A program file: a model compiled for one set of input shapes or several. Each set has a plan (tensors, steps, arena); all
 * plans share strings and constants, so that weights are stored once. Little-endian. Offsets are from the start of the file unless said otherwise; every section is 64-byte
 * aligned, gaps are zero. The C side maps it and uses it in place (`kernels/core/model.c`).
 *
 * Header, 40 bytes
 *    0  8  magic "EDGEPROG"
 *    8  4  ABI, a hash of the step ledger (header.ts)
 *   12  1  architecture: 0 any, 1 arm, 2 aarch64, 3 x86_64
 *   13  1  path whose tiles the weights are packed for (index in PATHS)
 *   14  2  plan count         (at least 1)
 *   16  4  file size
 *   20  2  input count        (the same in every plan)
 *   22  2  output count
 *   24  4  strings offset     (NUL-terminated UTF-8, ends with a NUL)
 *   28  4  strings bytes
 *   32  4  constants offset   (base of constant operands)
 *   36  4  constants bytes
 *
 * The plans follow the header, 24 bytes each: 0 tensors offset (inputs first, then outputs) · 4 steps offset · 8 steps bytes ·
 * 12 step count · 16 arena bytes (a multiple of 64) · 20 zero. Sections of plans do not overlap and stand in the order
 * tensors, steps of the first plan, tensors, steps of the second, …. Inputs and outputs have the same names (offsets into the
 * strings) and dtypes in every plan; a plan is chosen by its inputs' shapes.
 *
 * Tensor, 64 bytes: 0 name (offset into strings) · 4 dtype · 8 rank · 12 shape[8] · 44 operand · 48 bytes · 52 zero
 *
 * Step: u16 code, u16 record bytes, u32 name (offset into strings), u32 macs / 1024 (rounded up), u32 zero; then the
 * record, padded with zeros to a multiple of 16.
 *
 * An operand is a byte offset; bit 31 set = into the constants, else into the arena; 0xffffffff = absent, as one that the
 * record's other fields leave without a use must be. Operands are 4-byte aligned (8 where the element is 8 bytes wide).
 */
export const MAGIC = 'EDGEPROG';
export const HEADER_BYTES = 40;
export const PLAN_BYTES = 24;
export const TENSOR_BYTES = 64;
export const STEP_HEADER_BYTES = 16;
export const ARCHITECTURES = ['any', 'arm', 'aarch64', 'x86_64'] as const;
