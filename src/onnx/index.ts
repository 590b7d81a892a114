/** ONNX models: reading, and importing them as a graph. */
export { type ImportOptions, importModel, type OpenedModel, openOnnx } from './import.js';
export { readModel, readTensor } from './wire.js';
