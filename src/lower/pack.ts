import { EdgeDeployError } from '../base/errors.js';
import type { Tile } from '../steps/ledger.js';

/** One weight tensor as the GEMM sees it: `read(group, column, tap, k)` finds a value in the model's own order. */
export interface FilterView<T extends WeightArray> {
  readonly groups: number;
  /** Output and input channels per group. */
  readonly co: number;
  readonly ci: number;
  readonly taps: number;
  readonly source: T;
  /** Index of (output channel within all groups, tap, input channel within the group). */
  index(channel: number, tap: number, k: number): number;
}

export type WeightArray = Float32Array | Int8Array | Int16Array;

/**
 * Packs weights for a tile. Value (group g, column c, tap t, depth k) goes to
 *   (((g·panels + ⌊c/nr⌋)·taps + t)·⌈ci/kr⌉ + ⌊k/kr⌋)·nr·kr + (c mod nr)·kr + (k mod kr)
 * and everything else is 0.
 */
export function packPanels<T extends WeightArray>(view: FilterView<T>, { nr, kr }: Tile): T {
  const { groups, co, ci, taps, source, index } = view;
  const panels = Math.ceil(co / nr);
  const blocks = Math.ceil(ci / kr);
  const Type = source.constructor as new (length: number) => T;
  const packed = new Type(groups * panels * taps * blocks * nr * kr);
  for (let g = 0; g < groups; g++) {
    for (let c = 0; c < co; c++) {
      for (let t = 0; t < taps; t++) {
        const row = ((g * panels + Math.floor(c / nr)) * taps + t) * blocks * nr * kr + (c % nr) * kr;
        for (let k = 0; k < ci; k++) {
          packed[row + Math.floor(k / kr) * nr * kr + (k % kr)] = source[index(g * co + c, t, k)]!;
        }
      }
    }
  }
  return packed;
}

/** Per-channel values padded with zeros to whole panels, group by group. */
export function packChannels<T extends Float32Array | Int32Array>(
  values: T,
  groups: number,
  co: number,
  nr: number,
): T {
  const padded = Math.ceil(co / nr) * nr;
  if (values.length !== groups * co)
    throw new EdgeDeployError('E_INTERNAL', `${values.length} values for ${groups}×${co} channels`);
  const packed = new (values.constructor as new (length: number) => T)(groups * padded);
  for (let g = 0; g < groups; g++) packed.set(values.subarray(g * co, (g + 1) * co), g * padded);
  return packed;
}

/** Σ w per output channel: what an activation's zero point is multiplied with. */
export function columnSums(view: FilterView<Int8Array>): Int32Array {
  const sums = new Int32Array(view.groups * view.co);
  for (let channel = 0; channel < sums.length; channel++) {
    for (let t = 0; t < view.taps; t++) {
      for (let k = 0; k < view.ci; k++) sums[channel]! += view.source[view.index(channel, t, k)]!;
    }
  }
  return sums;
}
