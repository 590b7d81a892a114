import type { Parameters, Program } from '../paddle/index.js';
import { kernelKeys } from './kernels.js';

export interface OptOptions {
  readonly quantType?: 'QUANT_INT8' | 'QUANT_INT16';
  readonly sparseThreshold?: number;
}

export interface Optimized {
  readonly program: Program;
  readonly parameters: Parameters;
  readonly warnings: readonly string[];
}

/** Stand-in: gives every op its kernel and changes nothing else. */
export function optimizeForLite(program: Program, parameters: Parameters, _options: OptOptions): Optimized {
  const blocks = program.blocks.map((block) => ({
    ...block,
    ops: block.ops.map((op) => ({
      ...op,
      attrs: [
        ...op.attrs.filter(({ name }) => !['op_callstack', 'op_role', 'op_role_var', 'op_namescope'].includes(name)),
        { name: '__@kernel_type_attr@__', type: 2, s: Buffer.from(`${op.type}/${kernelKeys[op.type]?.[0]}`) },
      ],
    })),
  }));
  return { program: { ...program, blocks }, parameters, warnings: [] };
}
