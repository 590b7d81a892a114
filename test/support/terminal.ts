import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { commandLine } from '../../deploy/shell.js';
import { type CliOptions, MAIN } from './cli.js';

export interface TerminalResult {
  readonly exitCode: number;
  /** Everything that was written to the terminal, stdout and stderr together, with what the terminal echoed. */
  readonly screen: string;
}

/**
 * Runs the command line on a pseudo-terminal (util-linux's `script`), as a user who types `answers`: each text as soon as its
 * pattern has appeared on the screen, one after the other.
 */
export async function onTerminal(
  args: readonly string[],
  answers: readonly (readonly [RegExp, string])[],
  options: Pick<CliOptions, 'cwd' | 'env'> = {},
): Promise<TerminalResult> {
  const line = commandLine([process.execPath, MAIN, ...args]);
  const child = spawn('script', ['-q', '-e', '-f', '-c', line, '/dev/null'], {
    cwd: options.cwd,
    env: { ...process.env, TERM: 'xterm', ...options.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = [...answers];
  let [screen, seen] = ['', 0];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    screen += chunk;
    const found = waiting[0]?.[0].exec(screen.slice(seen));
    if (!found) return;
    seen += found.index + found[0].length;
    child.stdin.write(waiting.shift()![1]);
  });
  const [exitCode] = (await once(child, 'close')) as [number];
  return { exitCode, screen };
}
