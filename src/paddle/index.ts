/** Paddle's model formats: reading programs and parameters of every generation, writing them back, importing them. */
export { type ImportOptions, importProgram, openPaddle } from './import.js';
export * from './model.js';
export { readProgram } from './program.js';
export { type QuantPostDynamicOptions, type QuantPostDynamicResult, quantPostDynamic } from './quantize/index.js';
