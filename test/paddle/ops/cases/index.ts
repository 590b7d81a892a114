import { activation } from './activation.js';
import { convolution } from './convolution.js';
import { elementwise } from './elementwise.js';
import { image } from './image.js';
import { matrix } from './matrix.js';
import { norm } from './norm.js';
import type { OpCase } from './op-case.js';
import { reduction } from './reduction.js';
import { selection } from './selection.js';
import { shape } from './shape.js';

/** Every op that can be imported, at least once. */
export const OP_CASES: readonly OpCase[] = [
  activation,
  convolution,
  elementwise,
  image,
  matrix,
  norm,
  reduction,
  selection,
  shape,
].flat();
