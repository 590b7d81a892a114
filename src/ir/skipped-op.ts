import type { EdgeDeployError } from '../base/errors.js';
import type { TensorType } from './tensor.js';

/**
 * An op of a model that did not enter its graph, while what stands before and beside it did. Importers report these to
 * `onSkipped`, for inspection only: such a model does not compile.
 */
export interface SkippedOp {
  /** The model's own name of the op. */
  readonly op: string;
  /** What it is called in reports: the model's name of it, or its first result. */
  readonly name: string;
  /** Values it reads and makes: those of the graph where they are known, the model's own names elsewhere. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** unsupported: there is no importer, or not for this form of it. unreached: it reads what an unsupported op makes. */
  readonly reason: 'unsupported' | 'unreached';
  /** What is wrong, for people; left out where there is no importer for such an op at all. */
  readonly problem?: string;
}

export type OnSkipped = (skipped: SkippedOp) => void;

/**
 * The type of a result that nothing infers, as the model declares it (−1 or 0: open): an open first dimension is the batch.
 * Undefined when anything else is open, or nothing is declared.
 */
export function declaredType(
  dtype: TensorType['dtype'] | undefined,
  declared: readonly number[],
  batch: number,
): TensorType | undefined {
  const shape = declared.map((dimension, axis) => (dimension <= 0 && axis === 0 ? batch : dimension));
  if (dtype === undefined || shape.length === 0 || shape.some((dimension) => dimension <= 0)) return undefined;
  return { dtype, shape };
}

/** Whether inspection goes on past this error of an importer; `assumed`: shapes so far are partly the model's own claim. */
export function isSkippable({ code }: EdgeDeployError, assumed: boolean): boolean {
  return code === 'E_OP' || (code === 'E_SHAPE' && assumed);
}
