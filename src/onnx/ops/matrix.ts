import { elementCount } from '../../ir/tensor.js';
import { type Step, step } from '../../ops/chain.js';
import type { Importer, OpContext } from '../context.js';
import { linear } from './activation.js';

const scaled = (factor: number): Step[] =>
  factor === 1 ? [] : [step('unary', [], { activation: linear(Math.fround(factor)) })];

/** A matrix of weights, turned at compile time if asked for. */
function weights(c: OpContext, index: number, turned: boolean): string {
  const w = c.weight(index);
  return turned ? c.node('transpose', [w], { permutation: [1, 0] }) : w;
}

/** Whether a value is a constant that a fully connected layer can have as its weights. */
function isWeights(c: OpContext, value: string): boolean {
  return c.constantOf(value) !== undefined && c.shapeOf(value).length === 2 && c.typeOf(value).dtype === 'f32';
}

/** alpha · A' · B' + beta · C, the primes standing for optional transposition. */
const gemm: Importer = (c) => {
  const [a, b, bias] = [c.input(0), c.input(1), c.optional(2)];
  for (const operand of [a, b]) {
    if (c.shapeOf(operand).length !== 2) throw c.fail(`multiplies [${c.shapeOf(operand)}], which is no matrix`);
  }
  const [turnA, turnB] = [c.attributes.bool('transA', false), c.attributes.bool('transB', false)];
  const [alpha, beta] = [c.attributes.float('alpha', 1), c.attributes.float('beta', 1)];
  const then = scaled(alpha);
  let addend = beta === 0 ? undefined : bias;
  if (addend !== undefined && beta !== 1) addend = c.node('unary', [addend], { activation: linear(beta) });
  if (isWeights(c, b)) {
    const x = turnA ? c.node('transpose', [a], { permutation: [1, 0] }) : a;
    const w = weights(c, 1, turnB);
    const inputs = [x, w];
    const n = c.shapeOf(w)[1]!;
    if (addend !== undefined && alpha === 1 && isRow(c.shapeOf(addend), n) && c.constantOf(addend)) {
      inputs.push(c.reshaped(addend, [n]));
      addend = undefined;
    }
    if (addend !== undefined) then.push(step('binary', [addend], { kind: 'add' }));
    return c.output('fc', inputs, {}, ...then);
  }
  if (addend !== undefined) then.push(step('binary', [addend], { kind: 'add' }));
  // The matmul op scales by itself.
  const behind = alpha === 1 ? then : then.slice(1);
  c.output('matmul', [a, b], { transposeX: turnA, transposeY: turnB, alpha: Math.fround(alpha) }, ...behind);
};

const isRow = (shape: readonly number[], n: number) => shape.at(-1) === n && elementCount(shape) === n;

/** NumPy's rules: vectors become matrices, and the dimension they gained goes again. */
const matmul: Importer = (c) => {
  let [x, y] = [c.input(0), c.input(1)];
  const [xShape, yShape] = [c.shapeOf(x), c.shapeOf(y)];
  if (xShape.length === 0 || yShape.length === 0) throw c.fail('multiplies a scalar');
  const [xVector, yVector] = [xShape.length === 1, yShape.length === 1];
  if (xVector) x = c.reshaped(x, [1, xShape[0]!]);
  if (yVector) y = c.reshaped(y, [yShape[0]!, 1]);
  const steps: Step[] = [];
  if (xVector || yVector) {
    const lead = xVector ? yShape.slice(0, -2) : xShape.slice(0, -2);
    const shape = [...lead, ...(xVector ? [] : [xShape.at(-2)!]), ...(yVector ? [] : [yShape.at(-1)!])];
    steps.push(step('reshape', [], { shape }));
  }
  if (isWeights(c, y)) {
    c.weight(1);
    return c.output('fc', [x, y], {}, ...steps);
  }
  c.output('matmul', [x, y], { transposeX: false, transposeY: false, alpha: 1 }, ...steps);
};

export const matrices: Readonly<Record<string, Importer>> = { Gemm: gemm, MatMul: matmul };
