/** Paddle's models as they lie in files, without the importers, which take longer to load than most models. */
export { Attributes } from './attributes.js';
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
export { decodeProgram, readProgramFile } from './program-file.js';
export { AXIS_SUFFIX, SCALE_SUFFIX } from './quant-attributes.js';
export { findScales, type WeightScales, weightScales } from './scales.js';
export { storedParameters } from './stored-parameters.js';
export {
  floatPieces,
  PiecewiseRecord,
  readTensorRecord,
  recordBytes,
  recordData,
  type TensorRecord,
  writeTensorRecord,
} from './tensor-record.js';
export { writeProgram } from './wire.js';
