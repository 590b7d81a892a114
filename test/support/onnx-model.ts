import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { packageRoot } from '../../src/base/package-root.js';

const schema = protobuf.parse(readFileSync(join(packageRoot, 'src/onnx/onnx.proto'), 'utf8'), { keepCase: true }).root;
const modelType = schema.lookupType('onnx.Model');

export type Message = Readonly<Record<string, unknown>>;

const FLOAT = 1;
const INT64 = 7;

/** A node of one output `y` unless told otherwise. */
export function node(op_type: string, input: readonly string[], rest: Message = {}): Message {
  return { op_type, input, output: ['y'], ...rest };
}

/** An input with named (free) or fixed dimensions. */
export function input(name: string, dims: readonly (number | string)[], elem_type = FLOAT): Message {
  const dim = dims.map((one) => (typeof one === 'number' ? { dim_value: one } : { dim_param: one }));
  return { name, type: { tensor_type: { elem_type, shape: { dim } } } };
}

export function floats(name: string, dims: readonly number[], values: readonly number[]): Message {
  return { name, dims, data_type: FLOAT, raw_data: new Uint8Array(Float32Array.from(values).buffer) };
}

export function integers(name: string, values: readonly number[]): Message {
  return { name, dims: [values.length], data_type: INT64, int64_data: values };
}

/** The bytes of a model with the input x of shape [1, 2], or those given, and the output y. */
export function modelBytes(graph: Message, rest: Message = {}): Uint8Array {
  const whole = { input: [input('x', [1, 2])], output: [{ name: 'y' }], ...graph };
  return modelType.encode({ ir_version: 8, graph: whole, opset_import: [{ version: 17 }], ...rest }).finish();
}
