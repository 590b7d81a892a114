import { allocate, type Constant } from '../../ir/tensor.js';
import { type Step, step } from '../../ops/chain.js';
import type { AttributesOf, Importer, OpContext } from '../context.js';
import { layerActivation } from './fused.js';
import { int8Product, int8Results } from './int8.js';

const product = (dimensions: readonly number[]) => dimensions.reduce((a, b) => a * b, 1);
const linear = (scale: number): Step[] =>
  scale === 1 ? [] : [step('unary', [], { activation: { kind: 'linear', a: scale, b: 0, c: 0 } })];

/** X flattened to a matrix at x_num_col_dims times Y flattened at y_num_col_dims, the outer dimensions kept. */
const mul: Importer = (c) => {
  const x = c.input('X');
  const xShape = c.shapeOf(x);
  const xColumns = c.attributes.int('x_num_col_dims', 1);
  const yColumns = c.attributes.int('y_num_col_dims', 1);
  const weight = c.kernel?.int8 ? c.input('Y') : c.weight('Y', 1);
  const yShape = c.shapeOf(weight);
  if (xColumns < 1 || xColumns >= xShape.length || yColumns < 1 || yColumns >= yShape.length) {
    throw c.fail(`cannot flatten [${xShape}] at ${xColumns} and [${yShape}] at ${yColumns}`);
  }
  const rows = product(xShape.slice(0, xColumns));
  const inner = product(xShape.slice(xColumns));
  const columns = product(yShape.slice(yColumns));
  const y = yShape.length === 2 ? weight : c.reshaped(weight, [product(yShape.slice(0, yColumns)), columns]);
  const outer = [...xShape.slice(0, xColumns), ...yShape.slice(yColumns)];
  const flat = xShape.length === 2 ? x : c.reshaped(x, [rows, inner]);
  const reshape = outer.length === 2 ? [] : [step('reshape', [], { shape: outer })];
  const plain = { transposeX: false, transposeY: false, alpha: 1 };
  if (c.kernel?.int8) int8Product(c, flat, y, plain, reshape);
  else if (isMatrixOfWeights(c.constantOf(y))) c.output('Out', 'fc', [flat, y], {}, ...reshape);
  else c.output('Out', 'matmul', [flat, y], plain, ...reshape);
};

/** Paddle's fused layer; `padding_weights` stores four rows and columns more, for its own kernels. */
const fc: Importer = (c) => {
  if (c.attributes.bool('padding_weights', false)) throw c.fail('has padded weights (padding_weights), not supported');
  const x = c.input('Input');
  const shape = c.shapeOf(x);
  // What was a product of matrices multiplies the last dimension, wherever the attribute points.
  const isProduct = c.attributes.text('op_type', 'mul').startsWith('matmul');
  const columns = isProduct ? shape.length - 1 : c.axis(c.attributes.int('in_num_col_dims', 1), shape.length);
  const weight = c.kernel?.int8 ? c.input('W') : c.weight('W', 1);
  const given = c.optional('Bias');
  const bias = given === undefined ? undefined : c.reshaped(given, [product(c.shapeOf(given))]);
  const inputs = [c.reshaped(x, [product(shape.slice(0, columns)), product(shape.slice(columns))]), weight];
  const outer = [...shape.slice(0, columns), c.shapeOf(weight).at(-1)!];
  const reshape = step('reshape', [], { shape: outer });
  if (c.kernel?.int8) {
    const names = { input: 'Input', weights: 'W', output: 'Out' } as const;
    const { scale, bias: offset, steps } = int8Results(c, names, outer.at(-1)!, bias, layerActivation(c));
    c.output('Out', 'int8_fc', [...inputs, scale, offset], {}, ...steps, reshape);
    return;
  }
  if (bias !== undefined) inputs.push(bias);
  c.output('Out', 'fc', inputs, {}, reshape, ...layerActivation(c));
};

/** NumPy's rules: vectors become matrices, and the dimension they gained goes again. */
function matrixProduct(c: OpContext, { transposeX, transposeY, alpha }: AttributesOf<'matmul'>): void {
  if (c.kernel?.int8) {
    int8Product(c, c.input('X'), c.input('Y'), { transposeX, transposeY, alpha });
    return;
  }
  let x = c.input('X');
  const weight = c.weight('Y', transposeY ? 0 : 1);
  const [xShape, yShape] = [c.shapeOf(x), c.shapeOf(weight)];
  if (xShape.length === 0 || yShape.length === 0) throw c.fail('multiplies a scalar');
  const [xVector, yVector] = [xShape.length === 1, yShape.length === 1];
  if (xVector) x = c.reshaped(x, [1, xShape[0]!]);
  const xTransposed = transposeX && !xVector;
  const yTransposed = transposeY && !yVector;
  const constant = c.constantOf(weight);

  const steps: Step[] = linear(alpha);
  if (xVector || yVector) {
    const lead = xVector ? yShape.slice(0, -2) : xShape.slice(0, -2);
    const row = xVector ? [] : [xTransposed ? xShape.at(-1)! : xShape.at(-2)!];
    const column = yVector ? [] : [yTransposed ? yShape.at(-2)! : yShape.at(-1)!];
    const shape = [...lead, ...row, ...column];
    const scalar = shape.length === 0 && c.declaredRank('Out') !== 0;
    steps.push(step('reshape', [], { shape: scalar ? [1] : shape }));
  }
  if (
    (!xTransposed && yShape.length <= 2 && constant?.type.dtype === 'f32') ||
    (isMatrixOfWeights(constant) && !xTransposed)
  ) {
    const matrix = yVector ? c.reshaped(weight, [yShape[0]!, 1]) : yTransposed ? transposed(c, weight) : weight;
    c.output('Out', 'fc', [x, matrix], {}, ...steps);
    return;
  }
  const y = yVector ? c.reshaped(weight, [yShape[0]!, 1]) : c.input('Y');
  // The matmul op scales by itself.
  const behind = alpha === 1 ? steps : steps.slice(1);
  c.output('Out', 'matmul', [x, y], { transposeX: xTransposed, transposeY: yTransposed, alpha }, ...behind);
}

function isMatrixOfWeights(constant: Constant | undefined): boolean {
  return constant?.type.shape.length === 2 && (constant.type.dtype === 'f32' || constant.quantization !== undefined);
}

/** A constant matrix, fp32 or quantised, transposed at compile time. */
function transposed(c: OpContext, value: string): string {
  const { type, data, quantization } = c.constantOf(value)!;
  const [rows, columns] = [type.shape[0]!, type.shape[1]!];
  const transposedType = { dtype: type.dtype, shape: [columns, rows] };
  const [from, to] = [data, allocate(transposedType)] as [Float32Array, Float32Array];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) to[column * rows + row] = from[row * columns + column]!;
  }
  return c.constant(transposedType, to, quantization && { ...quantization, axis: 1 - quantization.axis });
}

/** Unlike in NumPy, two vectors that are both transposed are a column and a row. */
const matmul: Importer = (c) => {
  const alpha = c.attributes.float('alpha', 1);
  const [transposeX, transposeY] = [c.attributes.bool('transpose_X', false), c.attributes.bool('transpose_Y', false)];
  const [x, y] = [c.input('X'), c.input('Y')];
  const [rows, columns] = [c.shapeOf(x), c.shapeOf(y)];
  if (!(transposeX && transposeY && rows.length === 1 && columns.length === 1)) {
    return matrixProduct(c, { transposeX, transposeY, alpha });
  }
  const factors = [c.reshaped(x, [rows[0]!, 1]), c.reshaped(y, [1, columns[0]!])];
  c.output('Out', 'matmul', factors, { transposeX: false, transposeY: false, alpha });
};

export const matrix: Readonly<Record<string, Importer>> = {
  mul,
  fc,
  matmul,
  matmul_v2: (c) =>
    matrixProduct(c, {
      transposeX: c.attributes.bool('trans_x', false),
      transposeY: c.attributes.bool('trans_y', false),
      alpha: c.attributes.float('alpha', 1),
    }),
  bmm: (c) => matrixProduct(c, { transposeX: false, transposeY: false, alpha: 1 }),
};
