import { constants } from 'node:os';
import { StringDecoder } from 'node:string_decoder';
import { execa } from 'execa';
import { EdgeDeployError } from '../src/base/errors.js';
import type { RunOptions, RunResult } from './device.js';
import { interruptedError, silenceError } from './failures.js';

/** Runs a local program to its end. A signal becomes exit code 128 + n, as a shell reports it. */
export async function runProcess(
  device: string,
  file: string,
  args: readonly string[],
  options: RunOptions & { readonly input?: Uint8Array; readonly env?: Record<string, string> } = {},
): Promise<RunResult> {
  const { silenceMs, signal, onLine, input, env } = options;
  if (signal?.aborted) throw interruptedError();
  const child = execa(file, [...args], {
    reject: false,
    stripFinalNewline: false,
    ...(input ? { input } : { stdin: 'ignore' as const }),
    ...(signal ? { cancelSignal: signal } : {}),
    ...(env ? { env } : {}),
  });
  // Programs that the child has started may live on and hold its output open: it is not waited for.
  const letGo = () => {
    child.stdout.destroy();
    child.stderr.destroy();
  };
  signal?.addEventListener('abort', letGo, { once: true });
  let silent = false;
  let timer: NodeJS.Timeout | undefined;
  const watch = () => {
    clearTimeout(timer);
    if (silenceMs === undefined) return;
    timer = setTimeout(() => {
      silent = true;
      child.kill('SIGKILL');
      letGo();
    }, silenceMs);
  };
  const lines = lineSplitter(onLine);
  const decoder = new StringDecoder('utf8');
  child.stdout.on('data', (chunk: Buffer) => {
    watch();
    lines(decoder.write(chunk));
  });
  watch();
  const result = await child;
  clearTimeout(timer);
  signal?.removeEventListener('abort', letGo);
  if (silent) throw silenceError(device, silenceMs!);
  if (result.isCanceled) throw interruptedError();
  if (result.code === 'ENOENT') {
    throw new EdgeDeployError('E_TOOL_MISSING', `${file} is not installed`, {
      hint: 'Install it, or put its folder on the PATH; edge-deploy doctor shows what is missing.',
    });
  }
  const unstarted = result.exitCode === undefined && result.signal === undefined;
  const exitCode = result.exitCode ?? (result.signal ? 128 + (constants.signals[result.signal] ?? 0) : 126);
  return {
    stdout: result.stdout,
    stderr: unstarted ? `${result.stderr}${result.shortMessage}` : result.stderr,
    exitCode,
  };
}

/** Hands over whole lines as text arrives in pieces. */
export function lineSplitter(onLine: ((line: string) => void) | undefined): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (onLine) for (const line of lines) onLine(line);
  };
}
