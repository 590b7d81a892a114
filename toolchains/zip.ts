import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DATE, findJdk, runTool } from './jdk.js';
import { inTemporaryFolder } from './storage.js';

export interface ZipEntry {
  /** Its name in the archive, with `/` between folders. */
  readonly path: string;
  readonly data: Uint8Array | string;
}

/**
 * A ZIP archive by the JDK's `jar`, with the entries in this order and none else. Nothing is compressed and the dates are
 * fixed: equal entries give equal bytes. Throws E_TOOLCHAIN without a JDK that will do, E_INTERRUPTED when `signal` says so.
 */
export async function zipFiles(entries: readonly ZipEntry[], signal?: AbortSignal): Promise<Uint8Array> {
  const { jar } = await findJdk(signal);
  return inTemporaryFolder('edge-deploy-zip-', async (temporary) => {
    const content = join(temporary, 'content');
    for (const { path, data } of entries) {
      const file = join(content, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, data);
    }
    const output = join(temporary, 'archive.zip');
    const options = ['--create', '--no-compress', '--no-manifest', '--date', DATE, '--file', output];
    await runTool(jar, [...options, ...entries.flatMap(({ path }) => ['-C', content, path])], signal);
    return await readFile(output);
  });
}
