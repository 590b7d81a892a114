import { defineOp, type OpDefinition } from './op.js';
import { required } from './shape.js';

/** y = x: assign, dropout at inference. Removed by the passes. */
export const identity: OpDefinition<Record<never, never>> = defineOp({
  infer: ([x]) => [required(x, 'x')],
  evaluate: ([x]) => [x!],
  macs: () => 0,
});
