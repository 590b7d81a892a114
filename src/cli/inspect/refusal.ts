import { EdgeDeployError } from '../../base/errors.js';
import type { SkippedOp } from '../../ir/skipped-op.js';
import { unsupportedOps } from '../../report/unsupported.js';

/** The error with which `inspect` ends, after it has shown the rest, when a model has unsupported ops: all of them. */
export function refusalOf(skipped: readonly SkippedOp[]): EdgeDeployError {
  const ops = unsupportedOps(skipped);
  const list = ops.map(({ op, layers, problems }) => {
    const names = layers.map((name) => `'${name}'`).join(', ');
    return `${op} × ${layers.length} (${names})${problems.length > 0 ? `: ${problems.join('; ')}` : ''}`;
  });
  return new EdgeDeployError('E_OP', `the model uses unsupported ops: ${list.join('; ')}`, {
    hint: 'Export the model without them, or cut it in front of them (post-processing can run on the host).',
    details: {
      ops: Object.fromEntries(ops.map(({ op, layers }) => [op, layers.length])),
      layers: Object.fromEntries(ops.map(({ op, layers }) => [op, layers])),
    },
  });
}
