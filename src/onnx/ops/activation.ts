import type { Activation } from '../../ir/graph.js';
import { elementCount, sameShape } from '../../ir/tensor.js';
import { step } from '../../ops/chain.js';
import { clamp } from '../../ops/op.js';
import type { Importer, OpContext } from '../context.js';

const plain = (kind: Activation['kind'], a = 0, b = 0, c = 0): Activation => ({ kind, a, b, c });
const relu = clamp(0, Number.POSITIVE_INFINITY);
const belowZero = clamp(Number.NEGATIVE_INFINITY, 0);
export const linear = (a: number, b = 0): Activation => plain('linear', a, b);

/** ONNX's elementwise functions. */
const FUNCTIONS: Readonly<Record<string, (c: OpContext) => Activation>> = {
  Relu: () => relu,
  Clip: (c) =>
    clamp(
      c.scalar(1) ?? c.attributes.float('min', Number.NEGATIVE_INFINITY),
      c.scalar(2) ?? c.attributes.float('max', Number.POSITIVE_INFINITY),
    ),
  LeakyRelu: (c) => plain('leaky_relu', c.attributes.float('alpha', Math.fround(0.01))),
  Sigmoid: () => plain('sigmoid'),
  Tanh: () => plain('tanh'),
  Exp: () => plain('exp'),
  Log: () => plain('log'),
  Sqrt: () => plain('sqrt'),
  Abs: () => plain('abs'),
  Floor: () => plain('floor'),
  Reciprocal: () => plain('reciprocal'),
  HardSigmoid: (c) =>
    plain('hard_sigmoid', c.attributes.float('alpha', Math.fround(0.2)), c.attributes.float('beta', 0.5)),
  HardSwish: () => plain('hard_swish', 3, 6, 6),
  Softplus: () => plain('softplus', 1, 20),
  Gelu: (c) => {
    const approximate = c.attributes.text('approximate', 'none');
    if (approximate !== 'none' && approximate !== 'tanh') throw c.fail(`has the unknown approximate '${approximate}'`);
    return plain(approximate === 'tanh' ? 'gelu_tanh' : 'gelu');
  },
};

const unary: Importer = (c) => c.output('unary', [c.input(0)], { activation: FUNCTIONS[c.type]!(c) });

/** The slope is broadcast to x: one for all or one per channel is our prelu, anything else relu(x) + slope · min(x, 0). */
const prelu: Importer = (c) => {
  const [x, slope] = [c.input(0), c.input(1)];
  const [shape, own] = [c.shapeOf(x), c.shapeOf(slope)];
  const channel = shape.map((size, axis) => (axis === 1 ? size : 1)).slice(shape.length - own.length);
  if (elementCount(own) === 1 && own.length <= shape.length) {
    return c.output('prelu', [x, c.reshaped(slope, [1])], { mode: 'all' });
  }
  if (own.length >= shape.length - 1 && shape.length > 1 && sameShape(own, channel)) {
    return c.output('prelu', [x, c.reshaped(slope, [shape[1]!])], { mode: 'channel' });
  }
  const below = c.node('binary', [c.node('unary', [x], { activation: belowZero }), slope], { kind: 'mul' });
  c.output('binary', [c.node('unary', [x], { activation: relu }), below], { kind: 'add' });
};

/** x · tanh(softplus(x)) */
const mish: Importer = (c) => {
  const softplus = c.node('unary', [c.input(0)], { activation: plain('softplus', 1, 20) });
  c.output('binary', [c.input(0), c.node('unary', [softplus], { activation: plain('tanh') })], { kind: 'mul' });
};

/** relu(x) + α · (exp(min(x, 0)) − 1) */
const elu: Importer = (c) => {
  const alpha = c.attributes.float('alpha', 1);
  const below = c.node('unary', [c.input(0)], { activation: belowZero });
  const bent = c.node('unary', [c.node('unary', [below], { activation: plain('exp') })], {
    activation: linear(alpha, -alpha),
  });
  c.output('binary', [c.node('unary', [c.input(0)], { activation: relu }), bent], { kind: 'add' });
};

/** −floor(−x) */
const ceil: Importer = (c) => {
  const floor = c.node('unary', [c.node('unary', [c.input(0)], { activation: linear(-1) })], {
    activation: plain('floor'),
  });
  c.output('unary', [floor], { activation: linear(-1) });
};

/** An exponent that is known is part of the function. */
const pow: Importer = (c) => {
  const [x, y] = [c.input(0), c.input(1)];
  const exponent = c.constantOf(y);
  if (c.typeOf(x).dtype === 'f32' && exponent?.data.length === 1 && exponent.type.shape.length <= c.shapeOf(x).length) {
    const a = Number(exponent.data[0]);
    const activation = a === 2 ? plain('square') : a === 0.5 ? plain('sqrt') : plain('pow', a);
    return c.output('unary', [x], { activation });
  }
  const to = c.typeOf(x).dtype;
  const same = c.typeOf(y).dtype === to ? y : c.node('cast', [y], { to });
  c.output('binary', [x, same], { kind: 'pow' });
};

/** Inference: x itself. */
const dropout: Importer = (c) => {
  if (c.opset >= 12 && c.scalar(2)) throw c.fail('is in training mode', 'Export the model for inference.');
  c.alias(c.input(0));
};

const logSoftmaxTail = () => step('unary', [], { activation: plain('log') });

/** Softmax along one axis; before version 13 over everything from the axis on. */
function softmaxWith(c: OpContext, ...tail: ReturnType<typeof logSoftmaxTail>[]): void {
  const x = c.input(0);
  const shape = c.shapeOf(x);
  const axis = c.axis(c.attributes.int('axis', c.opset < 13 ? 1 : -1), shape.length);
  const behind = elementCount(shape.slice(axis + 1));
  if (c.opset >= 13 || behind === 1) {
    c.output('softmax', [x], { axis }, ...tail);
    return;
  }
  const flat = c.reshaped(x, [elementCount(shape.slice(0, axis)), shape[axis]! * behind]);
  c.output('softmax', [flat], { axis: 1 }, ...tail, step('reshape', [], { shape }));
}

export const activations: Readonly<Record<string, Importer>> = {
  ...Object.fromEntries(Object.keys(FUNCTIONS).map((type) => [type, unary])),
  PRelu: prelu,
  Mish: mish,
  Elu: elu,
  Ceil: ceil,
  Pow: pow,
  Dropout: dropout,
  Identity: (c) => c.alias(c.input(0)),
  Softmax: (c) => softmaxWith(c),
  LogSoftmax: (c) => softmaxWith(c, logSoftmaxTail()),
};
