import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EdgeDeployError } from '../base/errors.js';

/** Names every file of a package with its hash, in the format of sha256sum. */
export const SUMS = 'SHA256SUMS';

/** Where a package is written while an earlier one is there. */
export const WORK = '.edge-deploy.part';

/** What README.md of a package says: other folders have lists of hashes too. */
export const MADE_BY = 'Made by edge-deploy';

export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/**
 * The names of what stands in the folder, the list of hashes first: an earlier package that nobody changed, or nothing.
 * Undefined when there is no folder. Throws E_OUTPUT for anything else, which is the user's; `shown` is its name in messages.
 */
export async function earlierPackage(path: string, shown: string): Promise<string[] | undefined> {
  try {
    if (!(await lstat(path).catch(absent))) return undefined;
    const found = await stat(path).catch(absent);
    if (!found) refuse(shown, 'is a link to nothing');
    else if (!found.isDirectory()) refuse(shown, 'is a file');
    const names = await readdir(path);
    if (names.includes(WORK)) {
      refuse(shown, 'is being written, or edge-deploy was ended there', 'Wait, or if none runs, remove the folder.');
    }
    if (names.length > 0) await assertUnchanged(path, shown);
    return names.toSorted((a, b) => Number(b === SUMS) - Number(a === SUMS));
  } catch (cause) {
    if (cause instanceof EdgeDeployError) throw cause;
    throw new EdgeDeployError('E_OUTPUT', `${shown} cannot be read: ${(cause as Error).message}`, {
      hint: 'Name another folder.',
      cause,
    });
  }
}

async function assertUnchanged(path: string, shown: string): Promise<void> {
  const isFile = await lstat(join(path, SUMS)).catch(absent);
  const sums = isFile?.isFile() ? await readFile(join(path, SUMS), 'utf8') : '';
  const written = new Map([...sums.matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm)].map(([, hash, name]) => [name!, hash!]));
  const isOurs = (folder: string) => [...written.keys()].some((name) => name.startsWith(`${folder}/`));
  // Level by level, to the first thing that is not ours: the folder may be somebody's home.
  const folders = [''];
  for (const folder of folders) {
    for (const entry of await readdir(join(path, folder), { withFileTypes: true })) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (name === SUMS) continue;
      if (entry.isDirectory()) {
        if (!isOurs(name)) refuse(shown, `holds ${name}, which is of no package`);
        folders.push(name);
      } else {
        const hash = written.get(name);
        if (hash === undefined) refuse(shown, `holds ${name}, which is of no package`);
        if (!entry.isFile() || sha256(await readFile(join(path, name))) !== hash)
          refuse(shown, `holds ${name}, which was changed`);
      }
    }
  }
  const readme = written.has('README.md') ? await readFile(join(path, 'README.md'), 'utf8').catch(() => '') : '';
  if (!readme.includes(`\n${MADE_BY} `)) refuse(shown, `holds ${SUMS}, but README.md of no package`);
}

function refuse(shown: string, why: string, hint = 'Name another folder, or move that out of the way.'): never {
  throw new EdgeDeployError('E_OUTPUT', `${shown} ${why}`, { hint });
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
