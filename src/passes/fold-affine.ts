import { EdgeDeployError } from '../base/errors.js';
import type { Graph, Node } from '../ir/graph.js';
import { affineOf, type ChannelAffine } from './affine-of.js';
import { Draft } from './draft.js';
import { scaleWeights } from './scale-weights.js';

/** Ops with weights and a bias behind which a per-channel affine function can be folded into both. */
const FOLDS: ReadonlySet<string> = new Set(['conv2d', 'conv2d_transpose', 'fc', 'affine']);

/**
 * Folds what scales and shifts each output channel of a convolution, a fully connected layer or another affine op into
 * its weights and bias: batch norm, scale, and sums, differences, products and quotients with a constant per channel.
 * Integer weights stay as they are: their scales change. The result of the convolution must have no other use. Weights
 * are computed in double and rounded once; a filter that other ops use too is copied.
 *
 * A batch norm that finds nothing to fold into becomes an affine op.
 */
export function foldAffine(graph: Graph): Graph {
  const draft = new Draft(graph);
  for (const node of draft.nodes()) {
    const folded = [...new Set(node.inputs)].some((value) => foldIntoMaker(draft, node, value));
    if (!folded && node.op === 'batch_norm') settle(draft, node);
  }
  return draft.finish();
}

function foldIntoMaker(draft: Draft, node: Node, value: string): boolean {
  const producer = draft.maker(value);
  if (!producer || !FOLDS.has(producer.op) || producer.attributes.activation || !draft.usedOnce(value)) return false;
  const affine = affineOf(draft, node, value, channelAxis(draft, producer));
  return affine !== undefined && fold(draft, producer, node, affine);
}

/** Where the output channels lie in the result. */
function channelAxis(draft: Draft, node: Node): number {
  return node.op === 'fc' ? draft.typeOf(node.outputs[0]!).shape.length - 1 : 1;
}

function fold(draft: Draft, producer: Node, consumer: Node, { factors, offsets, onlyOffsets }: ChannelAffine): boolean {
  const [x = '', w = '', b = '', residual = ''] = producer.inputs;
  // The residual is added behind the weights: a factor would have to scale it, too.
  if (residual !== '' && !onlyOffsets) return false;
  const oldBias = b === '' ? undefined : draft.constantOf(b);
  if (b !== '' && oldBias?.type.dtype !== 'f32') return false;
  const weights = onlyOffsets ? w : scaleWeights(draft, producer, factors);
  if (weights === undefined) return false;
  const bias = Float32Array.from(offsets, (offset, c) => Number(oldBias?.data[c] ?? 0) * factors[c]! + offset);
  const inputs = [x, weights, addVector(draft, `${producer.name}.bias`, bias)];
  if (residual !== '') inputs.push(residual);
  const activation = consumer.op === 'unary' ? undefined : consumer.attributes.activation;
  const attributes = activation ? { ...producer.attributes, activation } : producer.attributes;
  draft.merge(producer, consumer, { ...producer, inputs, attributes });
  return true;
}

/** y = a[c] · x + b[c], a and b rounded once. */
function settle(draft: Draft, node: Node): void {
  const x = node.inputs[0]!;
  const affine = affineOf(draft, node, x, 1);
  if (!affine) {
    throw new EdgeDeployError(
      'E_OP',
      `batch_norm '${node.name}' has statistics that are not known when it is compiled`,
      {
        hint: 'Only statistics stored in the model can be compiled; export the model for inference.',
      },
    );
  }
  const a = addVector(draft, `${node.name}.a`, Float32Array.from(affine.factors));
  const b = addVector(draft, `${node.name}.b`, Float32Array.from(affine.offsets));
  draft.replace(node, { ...node, op: 'affine', inputs: [x, a, b], attributes: {} });
}

function addVector(draft: Draft, stem: string, data: Float32Array): string {
  return draft.addConstant(stem, { type: { dtype: 'f32', shape: [data.length] }, data });
}
