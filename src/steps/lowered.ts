import type { DType } from '../ir/tensor.js';
import type { Path, StepName } from './ledger.js';

/** Buffers and constants begin at multiples of this many bytes. */
export const ALIGNMENT = 64;
/** Kernels may read (never use) this many bytes past the last value of an operand; lowering adds it to every buffer. */
export const OVER_READ_BYTES = 64;

/**
 * A lowered model: what the board will do, before memory is planned. Made by `lower/`, given offsets by `plan/`, written
 * by `program/`. Buffers and constants are named; an operand says which one and how many bytes into it.
 */
export interface Lowered {
  readonly architecture: 'arm' | 'aarch64' | 'x86_64';
  readonly path: Path;
  /** Images (rank 4) are handed over as the model declares them: NCHW; lowering adds the steps that turn them. */
  readonly inputs: readonly LoweredIo[];
  readonly outputs: readonly LoweredIo[];
  /** Size in bytes of each arena buffer, slack for over-reading kernels included. */
  readonly buffers: ReadonlyMap<string, number>;
  /** Read-only data by name, already packed for the path. */
  readonly constants: ReadonlyMap<string, Uint8Array>;
  readonly steps: readonly Step[];
}

export interface LoweredIo {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly at: Operand;
}

export interface Operand {
  readonly space: 'arena' | 'constants';
  readonly name: string;
  readonly offset: number;
}

export interface Step {
  readonly step: StepName;
  /** Label for profiles and errors: the graph node's name. */
  readonly name: string;
  /** A value for every field of the step's record; an absent operand is null. */
  readonly fields: Readonly<Record<string, number | readonly number[] | Operand | null>>;
  /** Operands the step writes; every other operand is read. Lifetimes follow from this. */
  readonly writes: readonly string[];
  readonly macs: number;
}
