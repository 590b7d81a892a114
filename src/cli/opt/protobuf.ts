/** The program of an optimised model as Paddle-Lite writes it in protobuf, byte for byte. */
import { type Op, type Program, toNumber, type Var, VarKind } from '../../paddle/index.js';

/** Slots and attributes by name; only what is not a default; no versions of ops. */
export function liteProtobuf({ blocks, version }: Program): Program {
  const written = blocks.map(({ idx, parent_idx, vars, ops, forward_block_idx = -1 }) => ({
    idx,
    parent_idx,
    vars: vars.map(variableOf),
    ops: ops.map(sorted),
    forward_block_idx,
  }));
  return version ? { blocks: written, version } : { blocks: written };
}

function variableOf({ name, type, persistable }: Var): Var {
  const kind = type?.type ?? VarKind.LOD_TENSOR;
  const { tensor, lod_level = 0 } = (kind === VarKind.LOD_TENSOR && type?.lod_tensor) || {};
  const shape = tensor && { data_type: tensor.data_type, dims: tensor.dims.map(toNumber) };
  const lod_tensor = shape && { tensor: shape, ...(lod_level === 0 ? {} : { lod_level }) };
  return { name, type: { type: kind, ...(lod_tensor ? { lod_tensor } : {}) }, persistable } as Var;
}

function sorted({ type, inputs, outputs, attrs }: Op): Op {
  const slots = (list: Op['inputs']) => [...list].sort((a, b) => compare(a.parameter, b.parameter));
  return {
    type,
    inputs: slots(inputs),
    outputs: slots(outputs),
    attrs: [...attrs].sort((a, b) => compare(a.name, b.name)),
  };
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
