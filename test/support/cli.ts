import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../src/base/package-root.js';

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** Sends SIGINT, as Ctrl-C does, as soon as stderr has said this. */
  readonly interruptAt?: RegExp;
}

/** What npm installs as `edge-deploy`. */
export const MAIN = join(packageRoot, 'dist', 'cli', 'main.js');

/** Runs the command line as a user would, in a process of its own. */
export async function cli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { interruptAt, ...rest } = options;
  const child = execa(process.execPath, [MAIN, ...args], { reject: false, ...rest });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    const before = interruptAt?.test(said);
    said += chunk.toString();
    if (!before && interruptAt?.test(said)) child.kill('SIGINT');
  });
  const { exitCode, stdout, stderr } = await child;
  return { exitCode: exitCode ?? -1, stdout, stderr };
}
