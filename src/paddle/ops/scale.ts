import type { Importer } from '../context.js';
import { scalarInput } from './activation.js';
import { layerActivation } from './fused.js';

/** scale · x + bias, or scale · (x + bias). For integers (shape arithmetic), scale and bias are cut to integers first. */
const scale: Importer = (c) => {
  const x = c.input('X');
  const { dtype } = c.typeOf(x);
  const integer = dtype === 'i32' || dtype === 'i64';
  const stored = (value: number) => (integer ? Math.trunc(value) : value);
  const factor = stored(scalarInput(c, 'ScaleTensor') ?? c.attributes.float('scale', 1));
  const bias = stored(c.attributes.float('bias', 0));
  const offset = c.attributes.bool('bias_after_scale', true) ? bias : factor * bias;
  const then = layerActivation(c);
  if (factor === 1 && offset === 0) return c.output('Out', 'identity', [x], {}, ...then);
  const linear = { kind: 'linear', a: factor, b: Math.fround(offset), c: 0 } as const;
  if (!integer) return c.output('Out', 'unary', [x], { activation: linear }, ...then);
  if (!Number.isSafeInteger(factor) || !Number.isSafeInteger(offset)) throw c.fail(`scales integers by ${factor}`);
  const whole = (value: number) =>
    c.constant({ dtype, shape: [1] }, dtype === 'i32' ? Int32Array.of(value) : BigInt64Array.of(BigInt(value)));
  c.output('Out', 'binary', [c.node('binary', [x, whole(factor)], { kind: 'mul' }), whole(offset)], { kind: 'add' });
};

export const scaling: Readonly<Record<string, Importer>> = { scale };
