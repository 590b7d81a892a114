import type { Activation } from '../ir/graph.js';
import { elementCount } from '../ir/tensor.js';
import type { BinaryKind } from '../steps/ledger.js';
import { activate } from './activation.js';
import { fromNumbers, numbers } from './data.js';
import { defineOp, type OpDefinition } from './op.js';
import { broadcastShapes, broadcastStrides, forEachStrided, required, typeError } from './shape.js';

/** out = act(x ∘ y), numpy broadcasting; both f32, i32 or i64. Integers: div truncates, floordiv and mod floor.
 * Floats: floordiv is the floor of the rounded quotient, mod is exact and has y's sign, as in Paddle. */
export interface BinaryAttributes {
  readonly kind: BinaryKind;
  readonly activation?: Activation | undefined;
}

/** The function of a kind on doubles; integer operands are exact up to 2^53. */
export function binaryFunction(kind: BinaryKind, integer: boolean): (x: number, y: number) => number {
  switch (kind) {
    case 'add':
      return (x, y) => x + y;
    case 'sub':
      return (x, y) => x - y;
    case 'mul':
      return (x, y) => x * y;
    case 'div':
      return integer ? (x, y) => (y === 0 ? 0 : Math.trunc(x / y)) : (x, y) => x / y;
    case 'max':
      return Math.max;
    case 'min':
      return Math.min;
    case 'pow':
      return (x, y) => x ** y;
    case 'mod':
      return integer ? (x, y) => (y === 0 ? 0 : x - y * Math.floor(x / y)) : (x, y) => x - y * Math.floor(x / y);
    case 'floordiv':
      return integer ? (x, y) => (y === 0 ? 0 : Math.floor(x / y)) : (x, y) => Math.floor(Math.fround(x / y));
  }
}

export const binary: OpDefinition<BinaryAttributes> = defineOp({
  infer([x, y], { activation }) {
    const [left, right] = [required(x, 'x'), required(y, 'y')];
    if (left.dtype !== right.dtype || !['f32', 'i32', 'i64'].includes(left.dtype)) {
      throw typeError(`cannot combine ${left.dtype} with ${right.dtype}`);
    }
    if (activation && left.dtype !== 'f32') throw typeError('an activation needs f32');
    return [{ dtype: left.dtype, shape: broadcastShapes(left.shape, right.shape) }];
  },

  evaluate([x, y], attributes) {
    const [type] = binary.infer([x?.type, y?.type], attributes);
    const apply = binaryFunction(attributes.kind, type!.dtype !== 'f32');
    const [left, right] = [numbers(x!), numbers(y!)];
    const values = new Float64Array(elementCount(type!.shape));
    forEachStrided(type!.shape, broadcastStrides(x!.type.shape, type!.shape), 0, (index, offset) => {
      values[index] = left[offset]!;
    });
    forEachStrided(type!.shape, broadcastStrides(y!.type.shape, type!.shape), 0, (index, offset) => {
      values[index] = apply(values[index]!, right[offset]!);
    });
    const result = fromNumbers(type!, values);
    if (result.data instanceof Float32Array) activate(result.data, attributes.activation);
    return [result];
  },

  macs(_inputs, [out]) {
    return elementCount(out!.shape);
  },
});
