import type { ProgramGraph } from './graph.js';

export interface PassOptions {
  /**
   * Fuse also what Paddle-Lite leaves alone only because newer exporters write less (no XShape, no Mask, no SavedMean) or
   * write it otherwise (biases behind a reshape). Without it the program comes out as Paddle-Lite's own opt writes it.
   */
  readonly newerExports: boolean;
  /** Who reads the result: Paddle knows no convolution with a bias or an activation of its own. */
  readonly reader: 'lite' | 'paddle';
  /** Some op has integer weights with scales. */
  readonly isQuantized: boolean;
  /** The fraction of zeros from which on a 1 × 1 convolution is stored sparse; undefined: none is. */
  readonly sparsity: number | undefined;
  readonly warn: (text: string) => void;
}

/** Rewrites the graph in place; running it again changes nothing. Named after what it does, with Paddle-Lite's name. */
export type Pass = (graph: ProgramGraph, options: PassOptions) => void;
