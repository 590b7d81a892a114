import type { Importer } from '../context.js';
import { activations } from './activation.js';
import { constants } from './constant.js';
import { conv } from './conv.js';
import { elementwise } from './elementwise.js';
import { image } from './image.js';
import { int8 } from './int8.js';
import { matrix } from './matrix.js';
import { norm } from './norm.js';
import { pooling } from './pool.js';
import { reductions } from './reduce.js';
import { scaling } from './scale.js';
import { selection } from './select.js';
import { shapes } from './shape.js';
import { sparse } from './sparse-conv.js';

/** Every Paddle op that can be imported, by its type. feed and fetch are the program's interface, not ops. */
export const importers: ReadonlyMap<string, Importer> = new Map(
  [
    ...[activations, constants, conv, elementwise, image, int8, matrix],
    ...[norm, pooling, reductions, scaling, selection, shapes, sparse],
  ].flatMap((family) => Object.entries(family)),
);
