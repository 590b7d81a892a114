import type { InspectedWeight, Inspection } from '../../inspection/index.js';
import { formatType } from '../../ir/tensor.js';
import type { WeightReport } from '../../ir/weight-report.js';
import { unsupportedOps } from '../../report/unsupported.js';

/** What `inspect --json` prints. */
export function inspectionRecord(path: string, bytes: number, inspection: Inspection): Record<string, unknown> {
  const { graph, inputs, layers, weights, skipped, sizes, integerNodes } = inspection;
  const io = (names: readonly string[]) => names.map((name) => `${name} ${formatType(graph.types.get(name)!)}`);
  return {
    model: path,
    bytes,
    inputs: io(inputs),
    outputs: io(graph.outputs),
    layers: layers.map(({ node, outputs, macs, bytes: stored }) => ({
      name: node.name,
      op: node.op,
      output: outputs.map(formatType).join(' '),
      macs,
      weightBytes: stored,
      int8Arithmetic: integerNodes.has(node.name),
    })),
    weights: weights.map(weightRecord),
    sizes,
    unsupported: unsupportedOps(skipped).map((one) => ({ ...one, count: one.layers.length })),
    unreached: skipped.filter(({ reason }) => reason === 'unreached').map(({ op, name }) => ({ op, name })),
  };
}

function weightRecord({ name, type, bytes, int8w, int16w }: InspectedWeight): Record<string, unknown> {
  const errors = ({ maxError, rmsError, minScale, maxScale }: WeightReport) => ({
    maxError,
    rmsError,
    minScale,
    maxScale,
  });
  return {
    name,
    type: formatType(type),
    bytes,
    ...(int8w ? { int8w: errors(int8w) } : {}),
    ...(int16w ? { int16w: errors(int16w) } : {}),
  };
}
