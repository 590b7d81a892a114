import type { Graph } from '../ir/graph.js';
import { sameShape } from '../ir/tensor.js';
import { Draft } from './draft.js';

/**
 * reshape → fc → reshape that flattens the outer dimensions and restores them (Paddle's mul with x_num_col_dims > 1)
 * becomes one fc on the tensor as it is, so that what follows it (bias, activation, residual) can be fused.
 */
export function unflattenFc(graph: Graph): Graph {
  const draft = new Draft(graph);
  for (const node of draft.nodes()) {
    const fc = draft.maker(node.inputs[0] ?? '');
    if (node.op !== 'reshape' || fc?.op !== 'fc' || !draft.usedOnce(node.inputs[0]!)) continue;
    const [x = '', w = '', bias, residual] = fc.inputs;
    const flatten = draft.maker(x);
    if (flatten?.op !== 'reshape' || residual !== undefined) continue;
    const source = flatten.inputs[0]!;
    const outer = draft.typeOf(node.outputs[0]!).shape.slice(0, -1);
    const [rows, columns] = draft.typeOf(w).shape;
    const fits = sameShape(draft.typeOf(source).shape, [...outer, rows!]);
    if (!fits || draft.typeOf(node.outputs[0]!).shape.at(-1) !== columns) continue;
    draft.merge(fc, node, { ...fc, inputs: bias === undefined ? [source, w] : [source, w, bias] });
  }
  return draft.finish();
}
