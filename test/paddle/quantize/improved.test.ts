/** The improved mode: our own importer reads back exactly what it writes, op by op. */
import t from 'tap';
import { elementCount } from '../../../src/ir/tensor.js';
import { importProgram, VarKind } from '../../../src/paddle/index.js';
import { optimize } from '../../../src/passes/index.js';
import { lcgFloats } from '../../support/lcg.js';
import { relativeError } from '../../support/models.js';
import { bool, int, ints, op, parametersOf, programOf, type TestOp } from '../../support/programs.js';
import { floatsOf, opsOfType, outputsOf, quantised } from '../../support/quantised.js';

interface Case {
  readonly op: TestOp;
  readonly x: readonly number[];
  readonly w: readonly number[];
  /** The output channel of the weight at these indices. */
  readonly channel: (at: readonly number[]) => number;
  readonly count: number;
  /** Whether the graph's constant keeps its integers. */
  readonly integers: boolean;
}

const convolution = (type: string, groups = 1) =>
  op(type, { Input: ['x'], Filter: ['w'] }, { Output: ['y'] }, { groups: int(groups), strides: ints(1, 1) });
const product = (type: string, attributes: TestOp['attributes'] = {}) =>
  op(type, { X: ['x'], Y: ['w'] }, { Out: ['y'] }, attributes);

const image = [1, 4, 5, 5];
const CASES: Record<string, Case> = {
  conv2d: { op: convolution('conv2d', 2), x: image, w: [6, 2, 3, 3], channel: ([o]) => o!, count: 6, integers: true },
  depthwise_conv2d: {
    ...{ op: convolution('depthwise_conv2d', 4), x: image, w: [4, 1, 3, 3] },
    ...{ channel: ([o]) => o!, count: 4, integers: true },
  },
  conv2d_transpose: {
    ...{ op: convolution('conv2d_transpose'), x: image, w: [4, 3, 3, 3] },
    ...{ channel: ([, o]) => o!, count: 3, integers: true },
  },
  'conv2d_transpose in groups': {
    ...{ op: convolution('conv2d_transpose', 2), x: image, w: [4, 3, 3, 3] },
    ...{ channel: ([i, o]) => Math.floor(i! / 2) * 3 + o!, count: 6, integers: false },
  },
  depthwise_conv2d_transpose: {
    ...{ op: convolution('depthwise_conv2d_transpose', 4), x: image, w: [4, 1, 3, 3] },
    ...{ channel: ([i]) => i!, count: 4, integers: true },
  },
  mul: { op: product('mul'), x: [3, 6], w: [6, 5], channel: ([, n]) => n!, count: 5, integers: true },
  'mul of rank 3': {
    ...{ op: product('mul'), x: [3, 6], w: [6, 2, 5] },
    ...{ channel: ([, a, b]) => a! * 5 + b!, count: 10, integers: false },
  },
  'mul of rank 3, two axes of rows': {
    ...{ op: product('mul', { y_num_col_dims: int(2) }), x: [3, 12], w: [6, 2, 5] },
    ...{ channel: ([, , n]) => n!, count: 5, integers: true },
  },
  matmul: { op: product('matmul'), x: [3, 6], w: [6, 5], channel: ([, n]) => n!, count: 5, integers: true },
  'matmul transposed': {
    ...{ op: product('matmul', { transpose_Y: bool(true) }), x: [3, 6], w: [5, 6] },
    ...{ channel: ([n]) => n!, count: 5, integers: true },
  },
  matmul_v2: { op: product('matmul_v2'), x: [2, 3, 6], w: [6, 5], channel: ([, n]) => n!, count: 5, integers: true },
  'matmul_v2 transposed, square': {
    ...{ op: product('matmul_v2', { trans_y: bool(true) }), x: [3, 6], w: [6, 6] },
    ...{ channel: ([n]) => n!, count: 6, integers: true },
  },
  fc: {
    ...{ op: op('fc', { Input: ['x'], W: ['w'], Bias: ['b'] }, { Out: ['y'] }), x: [3, 6], w: [6, 5] },
    ...{ channel: ([, n]) => n!, count: 5, integers: true },
  },
};

/** The weights by the definition: each channel's largest magnitude is R. */
function dequantised(values: Float32Array, { w, channel, count }: Case, bits: 8 | 16, whole: boolean): Float32Array {
  const at = (i: number) => w.map((size, axis) => Math.floor(i / elementCount(w.slice(axis + 1))) % size);
  const channelOf = (i: number) => (whole ? 0 : channel(at(i)));
  const range = 2 ** (bits - 1) - 1;
  const maxima = new Float64Array(count);
  for (const [i, value] of values.entries()) maxima[channelOf(i)] = Math.max(maxima[channelOf(i)]!, Math.abs(value));
  return values.map((value, i) => {
    const scale = Math.fround(maxima[channelOf(i)]! / range);
    const quotient = Math.fround(value / scale);
    const floor = Math.floor(quotient);
    const up = quotient - floor > 0.5 || (quotient - floor === 0.5 && floor % 2 !== 0);
    return (floor + (up ? 1 : 0)) * scale;
  });
}

for (const [name, one] of Object.entries(CASES)) {
  t.test(`${name}: the importer reads back what was written`, async (t) => {
    const values = lcgFloats(elementCount(one.w), 3).map((value, i) => value * (1 + (i % 11)));
    const bias = lcgFloats(5, 9);
    const variables = (data: Float32Array) => ({
      x: { dims: one.x },
      w: { dims: one.w, data },
      ...(one.op.inputs.Bias ? { b: { dims: [5], data: bias } } : {}),
    });
    for (const bits of [8, 16] as const) {
      for (const mode of ['channel_wise_abs_max', 'abs_max'] as const) {
        const options = { weight_bits: bits, weight_quantize_type: mode };
        const { written, records, report, left } = await quantised(t, variables(values), [one.op], options);
        t.match(report, [{ name: 'w', opType: one.op.type, bits, bytesBefore: values.byteLength }]);
        t.strictSame(left, []);
        const scales = floatsOf(opsOfType(written, one.op.type)[0]!, 'w_quant_scale')!;
        t.equal(scales.length, mode === 'abs_max' ? 1 : one.count);
        t.equal(records.get('w')!.dataType, bits === 8 ? VarKind.INT8 : VarKind.INT16);
        if (one.op.inputs.Bias) t.equal(records.get('b')!.dataType, VarKind.FP32, 'the bias is none of its business');

        const graph = importProgram('q', written, records);
        const real = variables(dequantised(values, one, bits, mode === 'abs_max'));
        const program = programOf(real, [one.op], ['y']);
        const expected = outputsOf(importProgram('r', program, parametersOf(program, real)));
        t.ok(relativeError(outputsOf(graph)[0]!, expected[0]!) < 1e-6, `int${bits} ${mode}`);
        t.ok(relativeError(outputsOf(optimize(graph))[0]!, expected[0]!) < 1e-5, `int${bits} ${mode}, optimised`);
        const kept = [...graph.constants.values()].some(({ quantization }) => quantization !== undefined);
        t.equal(kept, one.integers, 'integers in the graph');
      }
    }
  });
}
