/** Models whose activations are quantised, too: only `opt` makes such programs (fully quantised `.nb` files). */
import type { Activation } from '../../ir/graph.js';
import { type Step, step } from '../../ops/chain.js';
import type { AttributesOf, Importer, OpContext } from '../context.js';

/** The argument names of a layer, by which opt calls its scales: `Input0_scale`; before 2.7 they had one name for all ops. */
export interface Int8Names {
  readonly input: 'Input' | 'X';
  readonly weights: 'Filter' | 'W' | 'Y';
  readonly output: 'Output' | 'Out';
}

export interface Int8Results {
  /** Constants [channels]: what the integer sums are multiplied with, and what is added then. */
  readonly scale: string;
  readonly bias: string;
  /** Behind that: the activation, and where the kernel's results are int8, their quantisation. */
  readonly steps: readonly Step[];
}

/**
 * How the integer sums of a layer become its results. Paddle-Lite divides scales and bias by the scale of an int8 result
 * before it computes, and so do we, because that decides how products round; activations must be scaled alike.
 */
export function int8Results(
  c: OpContext,
  names: Int8Names,
  channels: number,
  bias: string | undefined,
  activation: readonly Step[],
): Int8Results {
  const input = oneScale(c, names.input);
  const perChannel = scalesOf(c, names.weights, channels);
  const output = c.kernel?.alias.startsWith('int8') ? oneScale(c, names.output) : undefined;
  const scaled = output === undefined ? undefined : scaledSteps(activation, output);
  const unit = scaled === undefined ? 1 : output!;
  const scale = perChannel.map((value) => Math.fround(value * input) / unit);
  const biases = biasValues(c, bias, channels).map((value) => value / unit);
  const vector = (data: Float32Array) => c.constant({ dtype: 'f32', shape: [channels] }, data);
  const quantize = output === undefined ? [] : [step('quantize', [], { scale: scaled ? 1 : output })];
  return { scale: vector(scale), bias: vector(biases), steps: [...(scaled ?? activation), ...quantize] };
}

/** The activation of values that are divided by `unit`, or undefined where it is another function then. */
function scaledSteps(steps: readonly Step[], unit: number): Step[] | undefined {
  const scaled = steps.map((one) => {
    if (one.op === 'prelu') return one;
    const { kind, a, b, c } = (one.attributes as { activation: Activation }).activation;
    const divided = (value: number) => Math.fround(value / unit);
    if (kind === 'leaky_relu') return one;
    if (kind === 'clamp') return step('unary', [], { activation: { kind, a: divided(a), b: divided(b), c } });
    if (kind !== 'hard_swish') return undefined;
    return step('unary', [], { activation: { kind, a: divided(a), b: divided(b), c: divided(c) } });
  });
  return scaled.includes(undefined) ? undefined : (scaled as Step[]);
}

const OLD_NAMES: Readonly<Record<string, string>> = {
  ...{ Input: 'input_scale', X: 'input_scale', Output: 'output_scale', Out: 'output_scale' },
  ...{ Filter: 'weight_scale', W: 'weight_scale', Y: 'weight_scale' },
};

function oneScale(c: OpContext, name: string): number {
  return scalesOf(c, name, 1)[0]!;
}

/** The scales of an argument, one for all channels or one each. */
function scalesOf(c: OpContext, name: string, channels: number): Float32Array {
  const old = OLD_NAMES[name]!;
  const scales = c.attributes.floats(c.attributes.has(old) ? old : `${name}0_scale`);
  if (scales.length !== 1 && scales.length !== channels) {
    throw c.fail(`has ${scales.length} scales for ${channels} channels of '${name}'`);
  }
  return Float32Array.from({ length: channels }, (_, i) => positive(c, scales[scales.length === 1 ? 0 : i]!, name));
}

/** A channel of weights that are all 0 may have the scale 0. */
function positive(c: OpContext, scale: number, name: string): number {
  if (scale >= 0 && Number.isFinite(scale)) return scale;
  throw c.fail(`has the scale ${scale} for '${name}'`);
}

function biasValues(c: OpContext, bias: string | undefined, channels: number): Float32Array {
  if (bias === undefined) return new Float32Array(channels);
  const data = c.constantOf(bias)?.data;
  if (data instanceof Float32Array && data.length === channels) return data;
  throw c.fail(`needs a stored bias of ${channels} floats, not '${bias}' of [${c.shapeOf(bias)}]`);
}

/** X · Y, both in int8; the result is fp32. A stored matrix Y is a layer's weights, with a scale per column. */
export function int8Product(
  c: OpContext,
  x: string,
  y: string,
  { transposeX, transposeY, alpha }: AttributesOf<'matmul'>,
  then: readonly Step[] = [],
): void {
  const stored = c.constantOf(y)?.data;
  if (!(stored instanceof Int8Array) || c.shapeOf(y).length !== 2 || transposeX || c.shapeOf(x).length < 2) {
    // Scales are kept by variable: a product of one with itself has one.
    const factor = alpha * oneScale(c, 'X') * oneScale(c, x === y ? 'X' : 'Y');
    const operands = [integersAsFloats(c, x), integersAsFloats(c, y)];
    c.output('Out', 'matmul', operands, { transposeX, transposeY, alpha: factor }, ...then);
    return;
  }
  const weights = transposeY ? transposed(c, stored, c.shapeOf(y)) : y;
  const names = { input: 'X', weights: 'Y', output: 'Out' } as const;
  const linear: Activation = { kind: 'linear', a: alpha, b: 0, c: 0 };
  const factor = alpha === 1 ? [] : [step('unary', [], { activation: linear })];
  const { scale, bias, steps } = int8Results(c, names, c.shapeOf(weights)[1]!, undefined, factor);
  c.output('Out', 'int8_fc', [x, weights, scale, bias], {}, ...steps, ...then);
}

function transposed(c: OpContext, data: Int8Array, shape: readonly number[]): string {
  const [rows, columns] = [shape[0]!, shape[1]!];
  const turned = Int8Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!);
  return c.constant({ dtype: 'i8', shape: [columns, rows] }, turned);
}

/** Casts an int8 value for ops that compute in fp32; the integers stay what they are. */
export function integersAsFloats(c: OpContext, value: string): string {
  const { dtype } = c.typeOf(value);
  if (dtype !== 'i8') throw c.fail(`has an int8 kernel and reads '${value}' in ${dtype}`);
  return c.node('cast', [value], { to: 'f32' });
}

/** Between fp32 and other element types; what fp16 kernels compute, we compute in fp32. */
const calib: Importer = (c) => {
  const x = c.input('Input');
  const [from, to] = (c.kernel?.alias ?? '').split('_to_');
  const scale = () => c.attributes.float('scale');
  if (from === 'fp32' && to === 'int8') return c.output('Out', 'quantize', [x], { scale: scale() });
  if (from === 'int8' && to === 'fp32') {
    const activation: Activation = { kind: 'linear', a: scale(), b: 0, c: 0 };
    return c.output('Out', 'cast', [x], { to: 'f32' }, step('unary', [], { activation }));
  }
  const type = to === undefined || !Object.hasOwn(CASTS, to) ? undefined : CASTS[to];
  if (from === undefined || !Object.hasOwn(CASTS, from) || type === undefined) {
    throw c.fail(`has the unknown kernel '${c.kernel?.alias ?? ''}'`);
  }
  c.output('Out', 'cast', [x], { to: type });
};

const CASTS: Readonly<Record<string, 'f32' | 'i32' | 'i64'>> = {
  fp32: 'f32',
  fp16: 'f32',
  int32: 'i32',
  int64: 'i64',
};

export const int8: Readonly<Record<string, Importer>> = { calib, calib_once: calib, calib_inplace: calib };
