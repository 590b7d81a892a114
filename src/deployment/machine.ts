import { arch } from 'node:os';
import type { Target } from '../../targets/target.js';
import { EdgeDeployError } from '../base/errors.js';
import { type Path, TILES } from '../steps/ledger.js';
import type { Lowered } from '../steps/lowered.js';

/** What the compiler must know of a target's CPU. */
export interface Machine {
  readonly architecture: Lowered['architecture'];
  readonly path: Path;
  readonly l2: number;
}

const DEFAULT_L2 = 512 * 1024;

/** The CPU a target's programs are packed for. Throws E_CONFIG for a path its architecture does not have. */
export function machineOf(target: Target): Machine {
  const architecture = target.arch === 'armv7' ? 'arm' : target.arch === 'armv8' ? 'aarch64' : hostArchitecture();
  const paths = Object.keys(TILES[architecture]) as Path[];
  const path = target.path ?? (paths.includes('neon') ? 'neon' : 'ref');
  if (!paths.includes(path)) {
    throw new EdgeDeployError('E_CONFIG', `${target.name}: the path '${path}' does not exist on ${architecture}`, {
      hint: `Use one of: ${paths.join(', ')}.`,
    });
  }
  return { architecture, path, l2: target.l2 ?? DEFAULT_L2 };
}

function hostArchitecture(): Lowered['architecture'] {
  const known: Readonly<Record<string, Lowered['architecture']>> = { x64: 'x86_64', arm64: 'aarch64', arm: 'arm' };
  const found = known[arch()];
  if (found) return found;
  throw new EdgeDeployError('E_CONFIG', `the host target does not support this machine (${arch()})`, {
    hint: 'Use -t qemu-armv8.',
  });
}
