import { type Device, openDevice, unknownHostKey, writeHostKey } from '../../deploy/index.js';
import type { Target } from '../../targets/index.js';
import { EdgeDeployError } from '../base/errors.js';
import type { Context } from './context.js';

/** Opens a target's device, lets `work` use it, and closes it. */
export async function withDevice<T>(
  context: Context,
  target: Target,
  work: (device: Device) => Promise<T>,
): Promise<T> {
  const device = await open(context, target);
  try {
    return await work(device);
  } finally {
    await device.close();
  }
}

/** An unknown host key is shown and, where somebody can be asked, written down if they say yes. */
async function open(context: Context, target: Target): Promise<Device> {
  try {
    return await openDevice(target, context);
  } catch (error) {
    const unknown = unknownHostKey(error);
    if (!unknown?.knownHosts || !unknown.ask || !context.ask) throw error;
    const shown = `${target.name}: the host key of ${unknown.host} is not known. Its fingerprint is\n  ${unknown.fingerprint}`;
    if (!(await context.ask(`${shown}\nIs that the board's own?`))) throw error;
    await writeHostKey(unknown.knownHosts, unknown.host, Buffer.from(unknown.key, 'base64'));
    context.note(`written to ${unknown.knownHosts}`);
    return openDevice(target, context);
  }
}

export interface TargetFailure {
  readonly target: string;
  readonly error: unknown;
}

/** Works on targets one by one. One that fails does not keep the others from theirs, unless it is the only one. */
export async function eachTarget(
  context: Context,
  targets: readonly Target[],
  work: (target: Target) => Promise<void>,
): Promise<readonly TargetFailure[]> {
  const failures: TargetFailure[] = [];
  for (const target of targets) {
    try {
      await work(target);
    } catch (error) {
      if (context.signal.aborted || targets.length === 1) throw error;
      failures.push({ target: target.name, error });
      context.complain(error);
    }
  }
  return failures;
}

/** Throws E_SOME_TARGETS if any failed. */
export function checkFailures(failed: readonly string[], targets: readonly Target[], hint?: string): void {
  if (failed.length === 0) return;
  throw new EdgeDeployError(
    'E_SOME_TARGETS',
    `${failed.length} of ${targets.length} targets failed: ${failed.join(', ')}`,
    { hint: hint ?? 'The errors above say why; the results of the others hold.' },
  );
}
