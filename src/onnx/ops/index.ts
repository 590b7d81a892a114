import type { Importer } from '../context.js';
import { activations } from './activation.js';
import { constants } from './constant.js';
import { convolutions } from './conv.js';
import { elementwise } from './elementwise.js';
import { matrices } from './matrix.js';
import { norms } from './norm.js';
import { pools } from './pool.js';
import { reductions } from './reduce.js';
import { resizes } from './resize.js';
import { selection } from './select.js';
import { shapes } from './shape.js';

/** Every ONNX op that can be imported, by its type. */
export const importers: ReadonlyMap<string, Importer> = new Map(
  [
    ...[activations, constants, convolutions, elementwise, matrices, norms],
    ...[pools, reductions, resizes, selection, shapes],
  ].flatMap((family) => Object.entries(family)),
);
