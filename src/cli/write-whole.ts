import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { EdgeDeployError } from '../base/errors.js';

/** Under a temporary name first: what bears the final name is whole. Pieces are written one after the other. */
export async function writeWhole(
  path: string,
  bytes: Uint8Array | string | Iterable<Uint8Array>,
  executable: boolean,
): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    await writeFile(part, bytes);
    if (executable) await chmod(part, 0o755);
    await rename(part, path);
  } catch (cause) {
    await rm(part, { force: true }).catch(() => {});
    // The pieces may be refused while they are made.
    if (cause instanceof EdgeDeployError) throw cause;
    throw new EdgeDeployError('E_OUTPUT', `${path} cannot be written: ${(cause as Error).message}`, { cause });
  }
}
