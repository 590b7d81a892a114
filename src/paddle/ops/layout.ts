import { type Step, step } from '../../ops/chain.js';
import type { AttributesOf, OpContext } from '../context.js';

type Format = 'NCHW' | 'NHWC';

/** The layout attribute of an op; Paddle's AnyLayout means NCHW. */
export function formatOf(c: OpContext, attribute = 'data_format'): Format {
  const format = c.attributes.text(attribute, 'NCHW');
  if (format === 'NHWC') return 'NHWC';
  if (format === 'NCHW' || format === 'AnyLayout') return 'NCHW';
  throw c.fail(`has the unknown ${attribute} '${format}'`);
}

/** `value`, of any rank from 2 on, with its channels on axis 1. */
export function channelsFirst(c: OpContext, value: string, format: Format): string {
  const rank = c.shapeOf(value).length;
  if (format === 'NCHW' || rank < 3) return value;
  return c.node('transpose', [value], { permutation: [0, rank - 1, ...middle(rank)] });
}

/** The step behind a result with its channels on axis 1 that must leave in the op's own layout. */
export function backTo(format: Format, rank = 4): Step[] {
  if (format === 'NCHW' || rank < 3) return [];
  return [step('transpose', [], { permutation: [0, ...middle(rank).map((axis) => axis + 1), 1] })];
}

function middle(rank: number): number[] {
  return Array.from({ length: rank - 2 }, (_, i) => i + 1);
}

/** The spatial sizes [height, width] of an NCHW value. */
export function imageSize(c: OpContext, value: string): [number, number] {
  const shape = c.shapeOf(value);
  if (shape.length !== 4) throw c.fail(`needs an input of rank 4, not [${shape}]`);
  return [shape[2]!, shape[3]!];
}

/** Records hold strides, dilations and padding in 32 bits; a program may write them as 64. */
const MAX_EXTENT = 2 ** 31 - 1;

/** An attribute of two positive integers. */
export function pair(c: OpContext, name: string, fallback?: readonly [number, number]): [number, number] {
  const values = c.attributes.ints(name, fallback);
  if (values.length !== 2 || values.some((value) => value < 1 || value > MAX_EXTENT)) {
    throw c.fail(`needs two positive integers in '${name}', not [${values}]`);
  }
  return [values[0]!, values[1]!];
}

/** The conv2d attributes shared by convolutions and pooling, padding resolved. */
export type Window = Pick<AttributesOf<'conv2d'>, 'pads' | 'dilations'>;

/**
 * Padding [top, bottom, left, right] by Paddle's rules. `paddings` is [h, w] or all four; SAME pads for
 * out = ceil(in / stride), the odd one behind, and forces the dilation to 1; VALID pads nothing.
 */
export function window(
  c: OpContext,
  input: readonly [number, number],
  kernel: readonly [number, number],
  strides: readonly [number, number],
  dilations: readonly [number, number] = [1, 1],
): Window {
  const given = c.attributes.ints('paddings', [0, 0]);
  const explicit = given.length === 2 ? [given[0]!, given[0]!, given[1]!, given[1]!] : given;
  if (explicit.length !== 4 || explicit.some((pad) => pad < 0 || pad > MAX_EXTENT)) {
    throw c.fail(`has the unusable padding [${given}]`);
  }
  const algorithm = c.attributes.text('padding_algorithm', 'EXPLICIT');
  switch (algorithm) {
    case 'EXPLICIT':
      return { pads: explicit, dilations: [...dilations] };
    case 'VALID':
      return { pads: [0, 0, 0, 0], dilations: [...dilations] };
    case 'SAME': {
      const pads = [0, 1].flatMap((axis) => {
        const out = Math.floor((input[axis]! + strides[axis]! - 1) / strides[axis]!);
        const sum = Math.max((out - 1) * strides[axis]! + kernel[axis]! - input[axis]!, 0);
        return [Math.floor(sum / 2), sum - Math.floor(sum / 2)];
      });
      return { pads, dilations: [1, 1] };
    }
    default:
      throw c.fail(`has the unknown padding_algorithm '${algorithm}'`);
  }
}
