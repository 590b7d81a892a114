/** Paddle's model formats: reading programs and parameters of every generation, writing them back, importing them. */
export { Attributes } from './attributes.js';
export { type ImportOptions, importProgram, openPaddle } from './import.js';
export { holdsProgram, type LocateOptions, locateModel, type ModelSource } from './locate.js';
export type { Attribute, Block, Int64, Op, Program, Slot, TensorDesc, Var } from './messages.js';
export { AttributeType, toNumber, VarKind } from './messages.js';
export {
  fileInside,
  isParameter,
  joinParameters,
  type Parameters,
  parameterNames,
  readParameters,
  separateParameters,
  splitParameters,
} from './parameters.js';
export { readProgram } from './program.js';
export { AXIS_SUFFIX, SCALE_SUFFIX } from './quant-attributes.js';
export { type QuantPostDynamicOptions, type QuantPostDynamicResult, quantPostDynamic } from './quantize/index.js';
export { findScales, type WeightScales, weightScales } from './scales.js';
export { readTensorRecord, recordData, type TensorRecord, writeTensorRecord } from './tensor-record.js';
export { writeProgram } from './wire.js';
