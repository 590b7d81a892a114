/** ONNX models: reading, and importing them as a graph. */
export { type ImportedModel, type ImportOptions, importModel, importOnnx } from './import.js';
export { readModel, readTensor } from './wire.js';
