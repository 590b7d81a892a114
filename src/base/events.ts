/**
 * Progress of long work, as values: rooms report, the command line decides how it looks. `current`/`total` are in the
 * unit the message implies (bytes for transfers, steps otherwise).
 */
export interface Progress {
  readonly stage: 'import' | 'optimize' | 'quantize' | 'compile' | 'build' | 'connect' | 'push' | 'run';
  readonly message: string;
  readonly current?: number;
  readonly total?: number;
}

export type OnProgress = (event: Progress) => void;

export const silent: OnProgress = () => {};
