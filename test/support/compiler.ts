import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A stand-in for zig whose builds take a moment and copy their last source to the output. */
export interface StandInCompiler {
  /** For EDGE_DEPLOY_ZIG. */
  readonly path: string;
  /** Outputs of the builds that were asked of it so far. */
  builds(): Promise<string[]>;
}

/**
 * A source that holds BROKEN does not compile, as in a real compiler's words; one that holds SLOW takes ten seconds after
 * half of its output is written.
 */
export async function standInCompiler(folder: string, version = '0.0.0-stand-in'): Promise<StandInCompiler> {
  await mkdir(folder, { recursive: true });
  const [path, log] = [join(folder, 'zig'), join(folder, 'builds')];
  await writeFile(log, '');
  const lines = [
    '#!/bin/sh',
    `if [ "$1" = version ]; then echo ${version}; exit; fi`,
    'while [ $# -gt 1 ]; do if [ "$1" = -o ]; then output=$2; fi; shift; done',
    `echo "$output" >> '${log}'`,
    'if grep -q BROKEN "$1"; then echo "$1:1:1: error: use of undeclared identifier" >&2; exit 1; fi',
    'if grep -q SLOW "$1"; then echo half > "$output"; exec sleep 10; fi',
    'sleep 0.2; cp "$1" "$output"',
  ];
  await writeFile(path, `${lines.join('\n')}\n`);
  await chmod(path, 0o755);
  return { path, builds: async () => (await readFile(log, 'utf8')).split('\n').filter(Boolean) };
}
