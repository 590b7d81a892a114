import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

/** Runs the command line as a user would, in a process of its own. */
export async function cli(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<CliResult> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [MAIN, ...args], { reject: false, ...options });
  return { exitCode: exitCode ?? -1, stdout, stderr };
}
