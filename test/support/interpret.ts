import { allocate, byteLength, type Tensor } from '../../src/ir/tensor.js';
import type { Plan } from '../../src/plan/index.js';
import { type StepName, TILES } from '../../src/steps/ledger.js';
import type { Lowered, Operand } from '../../src/steps/lowered.js';
import { affine, argMax, binary, cast, layerNorm, prelu, reduce, softmax, unary } from './interpret/elementwise.js';
import { Frame } from './interpret/frame.js';
import { pad, pool2d, resize } from './interpret/image.js';
import { copy, fill, gather } from './interpret/movement.js';
import { conv2d, depthwiseConv2d, matmul, quantize, staticQuantize } from './interpret/multiply.js';

const table = {
  conv2d,
  depthwise_conv2d: depthwiseConv2d,
  quantize,
  static_quantize: staticQuantize,
  matmul,
  affine,
  binary,
  unary,
  prelu,
  softmax,
  pool2d,
  resize,
  copy,
  fill,
  pad,
  cast,
  arg_max: argMax,
  reduce,
  layer_norm: layerNorm,
  gather,
} as const satisfies Record<StepName, (frame: Frame) => void>;

/**
 * Executes a lowered model as a board would: from its records, on one planned arena, with packed weights. Plain loops that
 * add up in double precision: it proves lowering and planning without a line of C. The arena begins as NaN, so that a value
 * read before it is written shows; a buffer is seen only as far as it reaches, so that a store past its end is lost.
 */
export function interpret(lowered: Lowered, plan: Plan, inputs: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const arena = new Uint8Array(plan.arenaBytes).fill(0xff);
  const bytesAt = ({ space, name, offset }: Operand): Uint8Array => {
    if (space === 'constants') return lowered.constants.get(name)!.subarray(offset);
    const start = plan.offsets.get(name)!;
    return arena.subarray(start + offset, start + lowered.buffers.get(name)!);
  };
  for (const { name, at } of lowered.inputs) {
    const { data } = inputs.get(name)!;
    bytesAt(at).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  const tiles = TILES[lowered.architecture][lowered.path]!;
  for (const step of lowered.steps) table[step.step](new Frame(step, tiles, bytesAt));
  return new Map(
    lowered.outputs.map(({ name, dtype, shape, at }) => {
      const type = { dtype, shape };
      const data = allocate(type);
      new Uint8Array(data.buffer).set(bytesAt(at).subarray(0, byteLength(type)));
      return [name, { type, data }];
    }),
  );
}
