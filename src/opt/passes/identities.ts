import { read, setFloat } from '../attributes.js';
import type { ProgramGraph } from '../graph.js';
import type { Node, Value } from '../node.js';
import type { Pass } from '../pass.js';

/**
 * scale by 1 without bias (Paddle-Lite: identity_scale_eliminate, which leaves one that follows another, as in models that
 * were saved twice).
 */
export const dropIdentityScale: Pass = (graph, { newerExports }) => {
  const candidates = graph.nodes.filter(
    (node) => isIdentityScale(node) && (newerExports || node.input('X')?.producer?.type !== 'scale'),
  );
  for (const scale of candidates) bypass(graph, scale, scale.input('X'), newerExports);
};

function isIdentityScale(node: Node): boolean {
  if (node.type !== 'scale' || node.inputs.get('ScaleTensor')?.length) return false;
  const attributes = read(node);
  const isOne = attributes.float('scale', 1) === 1 && attributes.float('bias', 0) === 0;
  return isOne && !attributes.has('activation_type');
}

/** Two scales in a row → one (Paddle-Lite: lite_scales_fuse, which makes two of three). */
export const mergeScales: Pass = (graph, { newerExports }) => {
  const merged = new Set<Node>();
  for (const second of [...graph.nodes]) {
    const first = second.type === 'scale' ? second.input('X')?.producer : undefined;
    if (first?.type !== 'scale' || first.output('Out')!.onlyUse !== second) continue;
    if (merged.has(first) && !newerExports) continue;
    const [before, after] = [read(first), read(second)];
    const isPlain = [before, after].every((scale) => scale.bool('bias_after_scale', true));
    const takesTensor = [first, second].some((scale) => scale.inputs.get('ScaleTensor')?.length);
    if (!isPlain || takesTensor || before.has('activation_type')) continue;
    const factor = after.float('scale', 1);
    setFloat(second, 'scale', Math.fround(before.float('scale', 1) * factor));
    setFloat(second, 'bias', Math.fround(Math.fround(before.float('bias', 0) * factor) + after.float('bias', 0)));
    second.setInput('X', first.input('X')!);
    graph.remove(first);
    merged.add(second);
  }
};

/** Multiplication by a constant 1 (Paddle-Lite: elementwise_mul_constant_eliminate). */
export const dropMultiplicationByOne: Pass = (graph, { newerExports }) => {
  for (const mul of [...graph.nodes]) {
    const constant = mul.type === 'elementwise_mul' ? mul.input('Y')?.producer : undefined;
    if (constant?.type !== 'fill_constant' || constant.inputs.size > 0) continue;
    const attributes = read(constant);
    const isScalar = attributes.ints('shape', []).every((size) => size === 1);
    if (!isScalar || attributes.float('value', 0) !== 1) continue;
    const isAlone = constant.output('Out')!.onlyUse === mul;
    if (bypass(graph, mul, mul.input('X'), newerExports) && isAlone) graph.remove(constant);
  }
};

/** dropout that does nothing at inference (Paddle-Lite: identity_dropout_eliminate). */
export const dropDropout: Pass = (graph, { newerExports }) => {
  for (const dropout of [...graph.nodes]) {
    if (dropout.type !== 'dropout') continue;
    const attributes = read(dropout);
    const isIdentity = attributes.text('dropout_implementation', 'downgrade_in_infer') === 'upscale_in_train';
    if (!isIdentity || !attributes.bool('is_test', newerExports)) continue;
    const mask = dropout.output('Mask');
    if (mask ? mask.uses.length === 0 : newerExports) bypass(graph, dropout, dropout.input('X'), newerExports);
  }
};

/**
 * Takes out an op that hands on its input: the op before writes the output. Behind the feed of a model Paddle-Lite renames
 * the model's input by that; ours keeps the name and lets the readers read it. False when neither can be done.
 */
function bypass(graph: ProgramGraph, node: Node, from: Value | undefined, keepsInputs: boolean): boolean {
  const to = node.output('Out')!;
  const producer = from?.producer;
  if (!from || !producer || from.onlyUse !== node) return false;
  const isFetched = to.uses.some((use) => use.type === 'fetch');
  if (producer.type === 'feed' && keepsInputs) {
    if (isFetched) return false;
    graph.redirect(to, from);
    graph.remove(node);
    return true;
  }
  const [slot] = [...producer.outputs].find(([, values]) => values.includes(from))!;
  const values = producer.outputs.get(slot)!.map((value) => (value === from ? to : value));
  graph.remove(node);
  producer.outputs.set(slot, values);
  to.producer = producer;
  return true;
}

/** unsqueeze of a parameter → a parameter (Paddle-Lite: unsqueeze_calc_offline). */
export const unsqueezeParameters: Pass = (graph) => {
  for (const node of [...graph.nodes]) {
    const from = node.type === 'unsqueeze' || node.type === 'unsqueeze2' ? node.input('X') : undefined;
    const hasTensors = ['AxesTensor', 'AxesTensorList'].some((slot) => node.inputs.get(slot)?.length);
    if (!from?.record || hasTensors || node.isRead('XShape')) continue;
    const dims = [...from.record.dims];
    for (const axis of read(node).ints('axes')) dims.splice(axis < 0 ? axis + dims.length + 1 : axis, 0, 1);
    const to = node.output('Out')!;
    graph.remove(node);
    graph.makeParameter(to, { ...from.record, dims });
  }
};
