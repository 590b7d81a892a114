import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/**
 * A stand-in for the user's ~/.ssh/config: `ssh` on the PATH becomes one that reads this configuration alone. Returns the
 * PATH to run with.
 */
export async function withSshConfig(folder: string, ...lines: string[]): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  await writeFile(join(folder, 'ssh_config'), `${lines.join('\n')}\n`);
  await writeFile(join(bin, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${join(folder, 'ssh_config')}' "$@"\n`);
  await chmod(join(bin, 'ssh'), 0o755);
  return `${bin}${delimiter}${process.env.PATH}`;
}
