import { allocate, type Constant, type DType } from '../../ir/tensor.js';
import type { Importer, OpContext } from '../context.js';
import { elementTypeName } from '../messages.js';
import { dtypeOf } from '../tensor.js';

const floats = (values: readonly number[], shape: readonly number[]): Constant => ({
  type: { dtype: 'f32', shape },
  data: Float32Array.from(values),
});

const integers = (values: readonly number[], shape: readonly number[]): Constant => ({
  type: { dtype: 'i64', shape },
  // The largest integer ("to the end") is no double: its nearest one would wrap.
  data: BigInt64Array.from(values, (value) => (value >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(value))),
});

const constant: Importer = (c) => {
  const { attributes } = c;
  if (attributes.has('value')) return c.outputConstant(c.tensorConstant(attributes.tensor('value')));
  if (attributes.has('value_float')) return c.outputConstant(floats([attributes.float('value_float')], []));
  if (attributes.has('value_int')) return c.outputConstant(integers([attributes.int('value_int')], []));
  if (attributes.has('value_floats')) {
    const values = attributes.floats('value_floats');
    return c.outputConstant(floats(values, [values.length]));
  }
  if (attributes.has('value_ints')) {
    const values = attributes.ints('value_ints');
    return c.outputConstant(integers(values, [values.length]));
  }
  throw c.fail('holds a string or a sparse tensor, not supported');
};

const constantOfShape: Importer = (c) => {
  const shape = c.integers(0) ?? [];
  c.checkConstantSize(shape);
  const filler = c.attributes.has('value') ? c.tensorConstant(c.attributes.tensor('value')) : floats([0], [1]);
  const [value] = filler.data;
  if (value === undefined) throw c.fail("has an empty 'value'");
  const type = { dtype: filler.type.dtype, shape };
  const data = allocate(type);
  if (data instanceof BigInt64Array) data.fill(BigInt(value));
  else data.fill(Number(value));
  c.outputConstant({ type, data });
};

function typeNumbered(c: OpContext, number: number): DType {
  const dtype = dtypeOf(number);
  if (dtype === undefined) throw c.fail(`casts to the unsupported element type ${elementTypeName(number)}`);
  return dtype;
}

const castTo = (c: OpContext, to: DType) => {
  const x = c.input(0);
  if (c.typeOf(x).dtype === to) return c.alias(x);
  c.output('cast', [x], { to });
};

/** start, start + delta, … below limit; known at compile time. */
const range: Importer = (c) => {
  const [start, limit, delta] = [c.scalar(0), c.scalar(1), c.scalar(2)];
  if (start === undefined || limit === undefined || !delta) throw c.fail('needs a start, a limit and a delta');
  const count = Math.max(Math.ceil((limit - start) / delta), 0);
  c.checkConstantSize([count]);
  const values = Float64Array.from({ length: count }, (_, i) => start + i * delta);
  const real = c.constant({ dtype: 'f64', shape: [count] }, values);
  c.output('cast', [real], { to: c.typeOf(c.input(0)).dtype });
};

export const constants: Readonly<Record<string, Importer>> = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: range,
  Cast: (c) => castTo(c, typeNumbered(c, c.attributes.int('to'))),
  CastLike: (c) => castTo(c, c.typeOf(c.input(1)).dtype),
};
