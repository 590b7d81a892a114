/** ONNX models: reading, and importing them as a graph. */
export { type ImportOptions, importModel, openOnnx } from './import.js';
export { readModel, readTensor } from './wire.js';
