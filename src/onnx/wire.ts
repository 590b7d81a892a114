/** ONNX files as messages; bytes in them are views of the file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EdgeDeployError } from '../base/errors.js';
import { DamagedMessage, type MessageType, messageTypes } from '../base/message-type.js';
import { packageRoot } from '../base/package-root.js';
import type { Model, ModelGraph, ModelTensor } from './messages.js';

const typeNamed = messageTypes(readFileSync(join(packageRoot, 'src/onnx/onnx.proto'), 'utf8'));
const modelType = typeNamed('Model');
const tensorType = typeNamed('Tensor');

/** Decodes an `.onnx` file. Throws E_MODEL when the bytes are not an ONNX model. */
export function readModel(bytes: Uint8Array): Model & { readonly graph: ModelGraph } {
  if (bytes.length === 0) {
    throw new EdgeDeployError('E_MODEL', 'the model file is empty', { hint: 'Export or copy the model again.' });
  }
  const model = decode(modelType, bytes, 'the file is not an ONNX model, or it is damaged') as Model;
  const { graph } = model;
  if (graph === null || graph.output.length === 0) {
    throw new EdgeDeployError('E_MODEL', `the file holds no ONNX model: it has no ${graph ? 'output' : 'graph'}`, {
      hint: 'Pass a whole .onnx file that was exported for inference.',
    });
  }
  return { ...model, opset_import: model.opset_import, functions: model.functions, graph };
}

/** Decodes a single tensor, as the test data of ONNX models has them (`input_0.pb`). */
export function readTensor(bytes: Uint8Array): ModelTensor {
  return decode(tensorType, bytes, 'the file is not an ONNX tensor, or it is damaged') as ModelTensor;
}

function decode(type: MessageType, bytes: Uint8Array, failure: string): unknown {
  try {
    return type.decode(bytes);
  } catch (cause) {
    if (!(cause instanceof DamagedMessage)) throw cause;
    throw new EdgeDeployError('E_MODEL', `${failure} (${cause.message})`, {
      hint: 'Export or copy the model again.',
      cause,
    });
  }
}
