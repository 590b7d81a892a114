import { EdgeDeployError } from '../base/errors.js';
import type { Graph, Node } from '../ir/graph.js';
import { strides } from '../ir/tensor.js';
import { isOpName, type OpName } from '../ops/index.js';
import type { Lowered, LoweredIo } from '../steps/lowered.js';
import { Lowering, type LowerOptions } from './context.js';
import { lowerConv2d, lowerConv2dTranspose, lowerFc } from './convolution.js';
import { lowerAffine, lowerBinary, lowerCast, lowerPrelu, lowerUnary } from './elementwise.js';
import { lowerPool2d, lowerResize } from './image.js';
import { lowerInt8Conv2d, lowerInt8Fc, lowerQuantize } from './int8.js';
import { lowerConcat, lowerGather, lowerPad, lowerReshape, lowerSlice, lowerTile, lowerTranspose } from './movement.js';
import { lowerArgMax, lowerLayerNorm, lowerMatmul, lowerReduce, lowerSoftmax } from './reduction.js';

export type { LowerOptions, Precision } from './context.js';

type Lower = (lowering: Lowering, node: Node) => void;

/** Ops that an optimized graph no longer has. */
const gone: Lower = (_, node) => {
  throw new EdgeDeployError('E_INTERNAL', `${node.op} '${node.name}' was not removed before lowering`);
};

const table = {
  conv2d: lowerConv2d,
  conv2d_transpose: lowerConv2dTranspose,
  fc: lowerFc,
  matmul: lowerMatmul,
  quantize: lowerQuantize,
  int8_conv2d: lowerInt8Conv2d,
  int8_fc: lowerInt8Fc,
  batch_norm: gone,
  affine: lowerAffine,
  binary: lowerBinary,
  unary: lowerUnary,
  prelu: lowerPrelu,
  softmax: lowerSoftmax,
  pool2d: lowerPool2d,
  resize: lowerResize,
  reshape: lowerReshape,
  transpose: lowerTranspose,
  concat: lowerConcat,
  slice: lowerSlice,
  pad: lowerPad,
  tile: lowerTile,
  gather: lowerGather,
  cast: lowerCast,
  arg_max: lowerArgMax,
  reduce: lowerReduce,
  layer_norm: lowerLayerNorm,
  identity: gone,
} as const satisfies Record<OpName, Lower>;

/**
 * Turns an optimized graph into steps for one CPU path: layouts chosen, weights packed, kernels' records filled.
 * Images stand channels_last inside; inputs and outputs are handed over as the model declares them.
 */
export function lower(graph: Graph, options: LowerOptions): Lowered {
  const lowering = new Lowering(graph, options);
  for (const node of graph.nodes) {
    if (!isOpName(node.op)) throw new EdgeDeployError('E_INTERNAL', `unknown op '${node.op}'`);
    table[node.op](lowering, node);
  }
  const inputs = graph.inputs.map((name) => describe(lowering, name));
  const outputs = graph.outputs.map((name) => handOver(lowering, graph, name));
  return {
    architecture: options.architecture,
    path: options.path,
    inputs,
    outputs,
    buffers: lowering.buffers,
    constants: lowering.constants,
    steps: lowering.steps,
  };
}

function describe(lowering: Lowering, name: string): LoweredIo {
  const { dtype, shape } = lowering.typeOf(name);
  return { name, dtype, shape, at: lowering.in(name, 'plain') };
}

/** An output's own plain memory: never an input's or a constant's. */
function handOver(lowering: Lowering, graph: Graph, name: string): LoweredIo {
  const io = describe(lowering, name);
  if (io.at.space === 'arena' && !graph.inputs.includes(io.at.name)) return io;
  const type = lowering.typeOf(name);
  const at = lowering.buffer(`${name} (output)`, type);
  lowering.copy(name, type, io.at, strides(type.shape), at, strides(type.shape));
  return { ...io, at };
}
